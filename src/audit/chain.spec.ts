import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { AuditChainBreak, AuditChainHead } from '#contracts';
import { ChainWalk, type Link } from './chain.js';

const WORKSPACE = '0190b8a0-0000-7000-8000-000000000001';

const sha256 = (...parts: (string | Buffer)[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

/** A chain as it is written. */
function chainOf(contents: string[]): { links: Link[]; head: AuditChainHead } {
  let head: AuditChainHead = { seq: 0, hash: sha256(WORKSPACE) };
  const links = contents.map((content, index) => {
    head = { seq: index + 1, hash: sha256(Buffer.from(head.hash, 'hex'), content) };
    return { id: `id-${index}`, content, ...head };
  });
  return { links, head };
}

function verify(links: readonly Link[], head: AuditChainHead | null, expected?: string): AuditChainBreak | null {
  const walk = new ChainWalk(WORKSPACE, expected);
  for (const link of links) {
    const broken = walk.take(link);
    if (broken) return broken;
  }
  return walk.end(head);
}

const contents = fc.array(fc.string(), { minLength: 3, maxLength: 30 });

describe('the chain of the audit log', () => {
  it('is intact as it was written, also when nothing was', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 30 }), (contents) => {
        const { links, head } = chainOf(contents);
        expect(verify(links, head)).toBeNull();
      }),
    );
    expect(verify([], null)).toBeNull();
  });

  it('finds a changed entry, at its place, whatever was changed', () => {
    fc.assert(
      fc.property(contents, fc.nat(), fc.string(), (contents, which, other) => {
        const { links, head } = chainOf(contents);
        const index = which % links.length;
        fc.pre(links[index]?.content !== other);
        const changed = links.map((link, at) => (at === index ? { ...link, content: other } : link));
        expect(verify(changed, head)).toMatchObject({ seq: index + 1, kind: 'changed' });
      }),
    );
  });

  it('finds a changed entry whose own hash was calculated anew', () => {
    const { links, head } = chainOf(['one', 'two', 'three']);
    const content = 'other';
    const rehashed = { ...links[1], content, hash: sha256(Buffer.from(links[0]?.hash ?? '', 'hex'), content) };
    expect(verify(links.with(1, rehashed), head)).toMatchObject({ seq: 3, kind: 'changed' });
  });

  it('finds deleted entries, in the middle and at the end', () => {
    fc.assert(
      fc.property(contents, fc.nat(), fc.integer({ min: 1, max: 3 }), (contents, which, count) => {
        const { links, head } = chainOf(contents);
        const from = which % links.length;
        const isTail = from + count >= links.length;
        expect(verify(links.toSpliced(from, count), head)).toMatchObject({
          seq: from + 1,
          kind: isTail ? 'tail' : 'hole',
        });
      }),
    );
  });

  it('finds two exchanged entries, with or without their numbers', () => {
    const { links, head } = chainOf(['one', 'two', 'three', 'four']);
    const [one, two, three, four] = links;
    const exchanged = [one, { ...three, seq: 2 }, { ...two, seq: 3 }, four];
    expect(verify(exchanged, head)).toMatchObject({ seq: 2, kind: 'changed' });
    expect(verify([one, three, two, four], head)).toMatchObject({ seq: 2, kind: 'hole' });
  });

  it('finds an added entry, in the middle and after the head', () => {
    const { links, head } = chainOf(['one', 'two', 'three']);
    const added = { id: 'added', seq: 2, hash: links[1]?.hash ?? '', content: 'added' };
    expect(verify(links.toSpliced(2, 0, added), head)).toMatchObject({ seq: 2, id: 'added', kind: 'inserted' });
    expect(verify([{ ...added, seq: 0 }, ...links], head)).toMatchObject({ seq: 0, id: 'added', kind: 'inserted' });
    const longer = chainOf(['one', 'two', 'three', 'four']);
    expect(verify(longer.links, head)).toMatchObject({ seq: 4, kind: 'tail' });
  });

  it('finds a head that is gone or another', () => {
    const { links, head } = chainOf(['one', 'two']);
    expect(verify(links, null)).toMatchObject({ kind: 'tail' });
    expect(verify(links, { ...head, hash: sha256('other') })).toMatchObject({ seq: 2, kind: 'tail' });
  });

  it('finds a chain that was written anew to its head, by a hash that was kept elsewhere', () => {
    const kept = chainOf(['one', 'two']).head.hash;
    const grown = chainOf(['one', 'two', 'three']);
    expect(verify(grown.links, grown.head, kept)).toBeNull();
    const anew = chainOf(['one', 'other', 'three']);
    expect(verify(anew.links, anew.head)).toBeNull();
    expect(verify(anew.links, anew.head, kept)).toMatchObject({ kind: 'rewritten' });
    const shortened = chainOf(['one']);
    expect(verify(shortened.links, shortened.head, kept)).toMatchObject({ kind: 'rewritten' });
  });

  it('belongs to its workspace', () => {
    const { links, head } = chainOf(['one']);
    const other = new ChainWalk('0190b8a0-0000-7000-8000-000000000002');
    expect(other.take(links[0])).toMatchObject({ seq: 1, kind: 'changed' });
    expect(verify(links, head)).toBeNull();
  });
});
