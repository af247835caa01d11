/** Draws a text as a QR code (ISO/IEC 18004), on this machine: the secret in it goes nowhere. Dark on light in both themes, as readers want it. */
export async function drawQr(text: string): Promise<SVGSVGElement> {
  const { default: encodeQR } = await import("qr");
  const modules = encodeQR(text, "raw", { ecc: "medium", border: 4 });
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", `0 0 ${modules.length} ${modules.length}`);
  svg.setAttribute("class", "qr");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", "QR");
  const dark = document.createElementNS("http://www.w3.org/2000/svg", "path");
  dark.setAttribute("class", "qr-dark");
  const squares = modules.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : "")));
  dark.setAttribute("d", squares.join(""));
  svg.append(dark);
  return svg;
}
