/** The product's name with its sign. */
export function Brand({ size = 24, bare = false }: { size?: number; bare?: boolean }) {
  return (
    <span className="brand">
      <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width={size} height={size} />
      {!bare && <span>Muster</span>}
    </span>
  );
}
