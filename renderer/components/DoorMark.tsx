/** The mark: a small arched door in a wall, one line weight. */
export function DoorMark({ size }: { readonly size: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 32 32"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d="M3 27h26M3 5h26M3 5v22M29 5v22" />
      <path d="M11 27V16a5 5 0 0 1 10 0v11" />
      <path d="M18 21.5v1" />
      <path d="M3 12h6M23 12h6M3 19.5h5M24 19.5h5M16 5v3" />
    </svg>
  );
}
