declare module "fontkit" {
  interface Glyph {
    advanceWidth: number;
    path: { commands: { command: string; args: number[] }[] };
  }
  interface Font {
    unitsPerEm: number;
    characterSet: number[];
    glyphForCodePoint(codePoint: number): Glyph;
  }
  export function openSync(path: string): Font;
}
