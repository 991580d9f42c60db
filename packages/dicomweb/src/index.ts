export { capabilitiesJson, capabilitiesXml } from './capabilities.ts';
export {
  AS_STORED,
  type BytesChoice,
  type DicomChoice,
  dicomChoices,
  frameChoice,
  frameMediaType,
  givenAs,
  plainChoice,
} from './choice.ts';
export { returnedTags } from './fields.ts';
export { JsonModelWriter } from './json-model.ts';
export { type AcceptedType, covers, type MediaType, multipartType, parseAccept, parseMediaType } from './media-type.ts';
export {
  attributeName,
  DEFAULT_INLINE_BYTES,
  ModelReader,
  type ModelReaderOptions,
  type ModelValue,
  type ModelWriter,
  type PersonName,
  tagName,
} from './model-reader.ts';
export {
  DEFAULT_MULTIPART_LIMITS,
  isBoundary,
  type MultipartFault,
  type MultipartHandler,
  type MultipartLimits,
  MultipartReader,
  type PartHeaders,
} from './multipart-reader.ts';
export { bodyEnd, partHead } from './multipart-writer.ts';
export { type Parameters, parameter, parseParameters } from './parameters.ts';
export { parseSearch, type Search, type SearchKey, type SearchProblem } from './qido.ts';
export { parseRendering, parseUriRendering, type Rendering, type RenderProblem } from './render.ts';
export {
  type Ids,
  type NoResource,
  pathTo,
  type Resource,
  type ResourceKind,
  resourceName,
  resourceOf,
  URI_PATH,
  WEB_ROOT,
} from './resource.ts';
export { isStored, type StoredPart, storeResponse, storeStatus } from './store-response.ts';
export { XmlModelWriter } from './xml-model.ts';
