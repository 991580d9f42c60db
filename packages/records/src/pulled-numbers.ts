/** Charts that a box pulled are numbered from here on, and those made here below: neither can be taken for the other. */
export const PULLED_FROM = 1_000_000_000;
