/** Outlines on a grid of 24, drawn with the colour of the text around them. */
const PATHS = {
  now: 'M4 12h3l2-6 4 12 2-6h5',
  peers: 'M5 5h6v6H5zM13 13h6v6h-6zM11 8h3a2 2 0 0 1 2 2v3',
  journey: 'M6 6h.01M6 12h.01M6 18h.01M10 6h9M10 12h6M10 18h9',
  holds: 'M12 3 4 6v6c0 5 4 8 8 9 4-1 8-4 8-9V6zM9 9v6M15 9v6',
  images: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h.01',
  ledger: 'M7 4h12v16H7zM7 4a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2M10 9h6M10 13h6',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4',
  people: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 20c0-4 3-6 6-6s6 2 6 6M16 5a3 3 0 0 1 0 6M18 14c2 1 3 3 3 6',
  emergency: 'M12 4v16M4 12h16M5.5 5.5l13 13M18.5 5.5l-13 13',
  drill: 'M12 21a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 9v4l3 2M9 2h6M12 2v3',
  register: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 20c0-4 3-6 6-6 1.5 0 3 .4 4 1.3M17.5 13v7M14 16.5h7',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 20 20',
  copy: 'M8 8h11v12H8zM8 8V4H5v12h3',
  check: 'M5 13l4 4L19 7',
  cross: 'M6 6l12 12M18 6 6 18',
  warning: 'M12 4 2.5 20h19zM12 10v4M12 17h.01',
  information: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8h.01',
  undo: 'M8 5 4 9l4 4M4 9h10a5 5 0 0 1 0 10h-4',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 3v1M12 20v1M3 12h1M20 12h1M6 6l.7.7M17.3 17.3l.7.7M18 6l-.7.7M6.7 17.3 6 18',
  moon: 'M19 14.5A7.5 7.5 0 0 1 9.5 5 7.5 7.5 0 1 0 19 14.5z',
  menu: 'M4 7h16M4 12h16M4 17h16',
  keyboard: 'M3 7h18v10H3zM7 10h.01M11 10h.01M15 10h.01M7 14h10',
  lock: 'M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3',
  next: 'M9 6l6 6-6 6',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  print: 'M7 8V4h10v4M7 17H4V8h16v9h-3M7 14h10v6H7z',
  key: 'M8 15a4 4 0 1 1 3.5-6H21v4h-3v3h-3v-3h-3.5A4 4 0 0 1 8 15zM8 11h.01',
} as const;

export type IconName = keyof typeof PATHS;

/** A sign beside words; it says nothing of its own to a screen reader. @param size in pixels */
export function Icon({ name, size = 18 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      aria-hidden="true"
      focusable="false"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
