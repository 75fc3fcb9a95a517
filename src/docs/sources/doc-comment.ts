import ts from 'typescript';

/** The text of the docstring above a declaration, its paragraphs in one line each; null when there is none. */
export function docOf(node: ts.Node): string | null {
  const last = ts.getJSDocCommentsAndTags(node).findLast((doc) => ts.isJSDoc(doc));
  const text = last ? ts.getTextOfJSDocComment(last.comment) : undefined;
  return text ? unwrapped(text) : null;
}

/** The docstring in `text`, which is what stands between two members of a union: the compiler attaches none to them. */
export function docIn(text: string): string | null {
  const lines = /\/\*\*([^]*?)\*\//.exec(text)?.[1]?.split('\n');
  return lines ? unwrapped(lines.map((line) => line.replace(/^\s*\* ?/, '')).join('\n')) : null;
}

/** Line breaks that only kept the source narrow are gone; lists and paragraphs stay. */
function unwrapped(text: string): string {
  return text
    .replaceAll('\r', '')
    .trim()
    .replaceAll(/(?<=\S)[ \t]*\n[ \t]*(?=[^\s*|-])/g, ' ');
}
