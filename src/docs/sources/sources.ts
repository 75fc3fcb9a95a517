/**
 * What only the source text says: docstrings, the types of bodies, the maps of socket events. The build (SWC) drops
 * all of it, so the generators of the documents read the sources again, file by file, without resolving types.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { docIn, docOf } from './doc-comment.js';

/** One method of an event map: `name(body: Body, ack: (answer: Ack<Answer>) => void): void`. */
export interface SocketEvent {
  name: string;
  doc: string | null;
  body: string;
  /** What an acknowledgement carries; null for events that aren't acknowledged. */
  answer: string | null;
}

type Declaration = ts.ClassDeclaration | ts.InterfaceDeclaration | ts.TypeAliasDeclaration | ts.VariableDeclaration;

export class Sources {
  private readonly declarations = new Map<string, Declaration[]>();

  /** Reads what `root`, a checkout, holds. */
  static read(root: string): Sources {
    const sources = new Sources();
    const files = globSync(['src/**/*.ts', 'libs/contracts/src/*.ts'], { cwd: root });
    for (const path of files.filter((file) => !file.endsWith('.spec.ts')).toSorted()) {
      const text = readFileSync(join(root, path), 'utf8');
      sources.add(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
    }
    return sources;
  }

  /** The docstring of a class. */
  classDoc(name: string): string | null {
    const found = this.find(name, ts.isClassDeclaration);
    return found ? docOf(found) : null;
  }

  /** The docstring of a method or property of a class. */
  memberDoc(className: string, member: string): string | null {
    const found = this.member(className, member);
    return found ? docOf(found) : null;
  }

  /** The name of the type of a method's `@Body()`, without the module it comes from. */
  bodyType(className: string, method: string): string | null {
    const found = this.member(className, method);
    if (!found || !ts.isMethodDeclaration(found)) return null;
    const parameter = found.parameters.find((each) => decoratorsOf(each).includes('Body'));
    return parameter?.type ? (/(\w+)$/.exec(parameter.type.getText())?.[1] ?? null) : null;
  }

  /** The values of a union of strings, or of `keyof typeof CONSTANT`, that have a docstring of their own. */
  values(typeName: string): { value: string; doc: string }[] {
    const alias = this.find(typeName, ts.isTypeAliasDeclaration);
    const members = alias ? this.valuesOf(alias.type) : [];
    return members.flatMap(({ value, doc }) => (doc ? [{ value, doc }] : []));
  }

  /** The names of exported interfaces that end in `suffix`, without it. */
  interfacesEndingIn(suffix: string): string[] {
    const all = [...this.declarations.values()].flat().filter(ts.isInterfaceDeclaration);
    const names = all.filter(isExported).map((each) => each.name.text);
    return names.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length));
  }

  /** The events of a map, those it inherits last. */
  events(interfaceName: string): SocketEvent[] {
    const map = this.find(interfaceName, ts.isInterfaceDeclaration);
    if (!map) throw new Error(`There is no interface ${interfaceName}.`);
    const inherited = (map.heritageClauses ?? []).flatMap((clause) => clause.types.map((type) => type.getText()));
    return [
      ...map.members.filter(ts.isMethodSignature).map(toEvent),
      ...inherited.flatMap((name) => this.events(name)),
    ];
  }

  private valuesOf(type: ts.TypeNode): { value: string; doc: string | null }[] {
    if (ts.isUnionTypeNode(type)) return membersOf(type);
    const constant = /^keyof typeof (\w+)$/.exec(type.getText())?.[1];
    const literal = constant ? this.find(constant, ts.isVariableDeclaration)?.initializer : undefined;
    const object = literal && ts.isAsExpression(literal) ? literal.expression : literal;
    if (!object || !ts.isObjectLiteralExpression(object)) return [];
    return object.properties.map((each) => ({ value: each.name?.getText() ?? '', doc: docOf(each) }));
  }

  private member(className: string, member: string): ts.ClassElement | undefined {
    const found = this.find(className, ts.isClassDeclaration);
    return found?.members.find((each) => each.name?.getText() === member);
  }

  private find<T extends Declaration>(name: string, is: (node: ts.Node) => node is T): T | undefined {
    const found = (this.declarations.get(name) ?? []).filter(is);
    if (found.length <= 1) return found[0];
    const files = found.map((each) => each.getSourceFile().fileName).join(' and ');
    throw new Error(`${name} is declared in ${files}; the documents need names that are used once.`);
  }

  private add(file: ts.SourceFile): void {
    for (const statement of file.statements) {
      const declared = ts.isVariableStatement(statement) ? statement.declarationList.declarations : [statement];
      for (const node of declared) if (isDeclaration(node)) this.remember(node);
    }
  }

  private remember(node: Declaration): void {
    const name = node.name?.getText();
    if (name) this.declarations.set(name, [...(this.declarations.get(name) ?? []), node]);
  }
}

function isDeclaration(node: ts.Node): node is Declaration {
  return (
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isVariableDeclaration(node)
  );
}

function isExported(node: ts.InterfaceDeclaration): boolean {
  return node.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

function decoratorsOf(node: ts.ParameterDeclaration): string[] {
  const calls = (ts.getDecorators(node) ?? []).map((decorator) => decorator.expression);
  return calls.map((call) => (ts.isCallExpression(call) ? call.expression : call).getText());
}

function membersOf(union: ts.UnionTypeNode): { value: string; doc: string | null }[] {
  const { text } = union.getSourceFile();
  return union.types.map((each, index) => {
    const before = text.slice(union.types[index - 1]?.end ?? union.pos, each.getStart());
    return { value: literalOf(each), doc: docIn(before) };
  });
}

function literalOf(node: ts.TypeNode): string {
  return ts.isLiteralTypeNode(node) && ts.isStringLiteral(node.literal) ? node.literal.text : node.getText();
}

function toEvent(method: ts.MethodSignature): SocketEvent {
  const [body, ack] = method.parameters.map((parameter) => parameter.type?.getText() ?? '');
  const name = ts.isStringLiteral(method.name) ? method.name.text : method.name.getText();
  if (!body) throw new Error(`The event ${name} has no body.`);
  return { name, doc: docOf(method), body, answer: ack ? answerOf(name, ack) : null };
}

function answerOf(event: string, ack: string): string {
  const name = /Ack<(\w+)>/.exec(ack)?.[1];
  if (name) return name;
  throw new Error(`The acknowledgement of ${event} needs a named type inside Ack<…>.`);
}
