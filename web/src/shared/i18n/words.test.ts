import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const src = join(import.meta.dirname, "../..");

// What a page may say by itself: the brand, and what no language has another word for.
const allowed = /^(Backlot|ID|URL|CSV|JSON|Esc|Enter|Ctrl|Shift)$/;
// The attributes that somebody reads or hears.
const spoken = new Set(["label", "title", "aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "placeholder", "description", "alt", "about", "text", "button", "nothingFoundMessage"]);

/** What a file says in words of its own instead of messages, with the lines. */
function ownWords(name: string, text: string): string[] {
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const say = (node: ts.Node, said: string) => {
    if (/^\w+(\.\w+)+$/.test(said)) return; // the key of a message
    const words = said.match(/\p{L}{2,}/gu) ?? [];
    if (words.some((word) => !allowed.test(word))) found.push(`${name}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${said.trim()}`);
  };
  // What an expression can come to, as far as it stands there in words.
  const said = (e: ts.Expression | undefined): void => {
    if (e === undefined) return;
    if (ts.isStringLiteralLike(e)) say(e, e.text);
    else if (ts.isTemplateExpression(e)) {
      say(e, [e.head.text, ...e.templateSpans.map((span) => span.literal.text)].join(" "));
      for (const span of e.templateSpans) said(span.expression);
    } else if (ts.isParenthesizedExpression(e)) said(e.expression);
    else if (ts.isConditionalExpression(e)) {
      said(e.whenTrue);
      said(e.whenFalse);
    } else if (ts.isBinaryExpression(e)) {
      const sign = e.operatorToken.kind;
      if (sign === ts.SyntaxKind.PlusToken || sign === ts.SyntaxKind.QuestionQuestionToken || sign === ts.SyntaxKind.BarBarToken) said(e.left);
      if (sign === ts.SyntaxKind.PlusToken || sign === ts.SyntaxKind.QuestionQuestionToken || sign === ts.SyntaxKind.BarBarToken || sign === ts.SyntaxKind.AmpersandAmpersandToken) said(e.right);
    }
  };
  const walk = (node: ts.Node): void => {
    if (ts.isJsxText(node)) say(node, node.text.replaceAll(/&\w+;/g, ""));
    if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) said(node.expression);
    if (ts.isJsxAttribute(node) && spoken.has(node.name.getText())) {
      const value = node.initializer;
      if (value !== undefined) said(ts.isJsxExpression(value) ? value.expression : ts.isStringLiteral(value) ? value : undefined);
    }
    // Lists of things to show carry their labels.
    if (ts.isPropertyAssignment(node) && (ts.isIdentifier(node.name) || ts.isStringLiteral(node.name)) && spoken.has(node.name.text)) said(node.initializer);
    ts.forEachChild(node, walk);
  };
  walk(file);
  return found;
}

test("words of its own are found wherever a page can say them", () => {
  const found = (jsx: string) => ownWords("a.tsx", `const a = ${jsx};`);
  expect(found("<p>Hello</p>")).toEqual(["a.tsx:1 Hello"]);
  expect(found("<p>{late ? `${n} days` : t('x')}</p>")).toHaveLength(1);
  expect(found("<p>{a && (b ?? 'none')}</p>")).toHaveLength(1);
  expect(found("<b title='Hello' />")).toHaveLength(1);
  expect(found("<b aria-label={a ? 'Hello' : 'Goodbye'} />")).toHaveLength(2);
  expect(found("<b className='hello' title={t('x')} data-a={'hello'}>{t('y')} · {n} {a === 'hello' && <i />}</b>")).toEqual([]);
  expect(found("[{ label: 'Hello' }]")).toHaveLength(1);
  expect(found("<title>{`${t('x')} · Backlot`}</title>")).toEqual([]);
});

test("every page speaks in messages, so that it speaks each language", () => {
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".tsx"));
  expect(files.length).toBeGreaterThan(50);
  expect(files.flatMap((file) => ownWords(file, readFileSync(join(src, file), "utf8")))).toEqual([]);
});
