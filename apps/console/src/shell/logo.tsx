/** A pane of leaded glass in the shape of a shield. */
export function Logo({ size = 28 }: { readonly size?: number }) {
  return (
    <svg aria-hidden="true" focusable="false" width={size} height={size} viewBox="0 0 32 32">
      <path d="M5 3h22a2 2 0 0 1 2 2v13c0 6-5 10-13 12C8 28 3 24 3 18V5a2 2 0 0 1 2-2z" fill="#414b54" />
      <path d="M7 7h8v8H7zM17 7h8v8h-8zM7 17h8v8.6C9.5 24 7 21.5 7 18zM17 17h8v1c0 3.5-2.5 6-8 7.6z" fill="#f2b632" />
      <path d="M17 7h8v8zM7 17h8v8.6z" fill="#fbdc8d" />
    </svg>
  );
}
