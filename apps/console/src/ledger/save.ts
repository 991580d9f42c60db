/** Longest wait before a saved file's memory is given back: the browser has it on disk by then. */
const RELEASE_MS = 60_000;

/** Gives `parts` to the person as a file. */
export function saveFile(name: string, parts: BlobPart, type = 'text/plain;charset=utf-8'): void {
  const url = URL.createObjectURL(new Blob([parts], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), RELEASE_MS);
}
