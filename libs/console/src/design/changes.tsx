import css from './changes.module.css';

type Members = { [member: string]: unknown } | null;

/** What a change changed: each member as it was and as it is. */
export function Changes({ before, after }: { before: Members; after: Members }) {
  const members = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  if (members.length === 0) return null;
  return (
    <dl className={css.changes}>
      {members.map((member) => (
        <div key={member}>
          <dt>{member}</dt>
          <dd>
            {before && member in before && <del>{textOf(before[member])}</del>}
            {after && member in after && <ins>{textOf(after[member])}</ins>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(textOf).join(', ') || '∅';
  return value === null || value === undefined ? '—' : JSON.stringify(value);
}
