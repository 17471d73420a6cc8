/** The portal's sign. */
export function BacklotMark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden focusable="false">
      <rect width="32" height="32" rx="7" fill="#1c62c4" />
      <path fill="#fff" d="M8 9h11a2 2 0 0 1 2 2v2l4-2v10l-4-2v2a2 2 0 0 1-2 2H8a1 1 0 0 1-1-1V10a1 1 0 0 1 1-1z" />
    </svg>
  );
}
