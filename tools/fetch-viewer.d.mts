export const VIEWER: { readonly package: string; readonly integrity: string };
/** Whether this very version lies below `root`. */
export function hasViewer(root: string): boolean;
/** Fetches it unless it is there; @returns whether it is there now. */
export function fetchViewer(root: string): boolean;
