export { type Format, formatOf } from './format.ts';
export {
  currentLanguage,
  isLanguageChosen,
  setLanguage,
  useFormat,
  useLanguage,
  useSay,
  useWords,
} from './language.ts';
export { localeOf, numberOf } from './number.ts';
export { counted, type Forms, LANGUAGES, type Language, type Said, say, type Text, text, type Words } from './text.ts';
