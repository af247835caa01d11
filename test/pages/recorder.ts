import { createHash } from "node:crypto";
import { createServer, request as forward, type Server } from "node:http";

export interface Recorded {
  method: string;
  path: string;
  /** Head and body as they arrived, byte for byte. */
  bytes: Buffer;
  body: string;
}

/** Stands in front of the platform, keeps every byte that a browser sends to it, and passes them on. */
export class Recorder {
  readonly requests: Recorded[] = [];
  readonly #server: Server;

  private constructor(target: URL) {
    this.#server = createServer((incoming, outgoing) => {
      const parts: Buffer[] = [];
      incoming.on("data", (part: Buffer) => parts.push(part));
      incoming.on("end", () => {
        const body = Buffer.concat(parts);
        const head = `${incoming.method} ${incoming.url}\r\n${incoming.rawHeaders.join("\r\n")}\r\n\r\n`;
        this.requests.push({
          method: incoming.method ?? "",
          path: incoming.url ?? "",
          bytes: Buffer.concat([Buffer.from(head), body]),
          body: body.toString("utf8"),
        });
        const passed = forward(
          {
            host: target.hostname,
            port: target.port,
            method: incoming.method,
            path: incoming.url,
            headers: incoming.headers,
          },
          (answer) => {
            outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
            answer.pipe(outgoing);
          },
        );
        passed.on("error", () => outgoing.destroy());
        passed.end(body);
      });
    });
  }

  static async start(target: string): Promise<Recorder> {
    const recorder = new Recorder(new URL(target));
    await new Promise<void>((resolve) => recorder.#server.listen(0, "127.0.0.1", resolve));
    return recorder;
  }

  /** By name, because a passkey belongs to one. */
  get origin(): string {
    const address = this.#server.address();
    return `http://localhost:${typeof address === "object" && address !== null ? address.port : 0}`;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

/** Base64 of a text that lies anywhere in a longer one: three alignments, without the characters that its neighbours share. */
function base64Within(text: Buffer): string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), text])
      .toString("base64")
      .replaceAll("=", "");
    return encoded.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + text.length) * 8) / 6));
  });
}

/** Every form in which a secret could travel and be known again, as bytes to look for. */
export function formsOf(secret: string): Map<string, Buffer> {
  const forms = new Map<string, Buffer>();
  const add = (name: string, form: string | Buffer) => forms.set(name, Buffer.from(form as string));
  const addEncoded = (name: string, raw: Buffer) => {
    add(name, raw);
    add(`${name}, hex`, raw.toString("hex"));
    add(`${name}, HEX`, raw.toString("hex").toUpperCase());
    for (const [shift, encoded] of base64Within(raw).entries()) {
      add(`${name}, base64 at ${shift}`, encoded);
      add(`${name}, base64url at ${shift}`, encoded.replaceAll("+", "-").replaceAll("/", "_"));
    }
  };
  for (const normal of new Set([secret, secret.normalize("NFC"), secret.normalize("NFD"), secret.normalize("NFKC")])) {
    const utf8 = Buffer.from(normal, "utf8");
    addEncoded(`plain ${normal.length}`, utf8);
    addEncoded(`UTF-16LE ${normal.length}`, Buffer.from(normal, "utf16le"));
    addEncoded(`UTF-16BE ${normal.length}`, Buffer.from(normal, "utf16le").swap16());
    add(`JSON ${normal.length}`, JSON.stringify(normal).slice(1, -1));
    add(`URL ${normal.length}`, encodeURIComponent(normal));
    add(`form ${normal.length}`, new URLSearchParams({ p: normal }).toString().slice(2));
    add(`reversed ${normal.length}`, [...normal].reverse().join(""));
    for (const algorithm of ["md5", "sha1", "sha256", "sha384", "sha512"])
      addEncoded(`${algorithm} ${normal.length}`, createHash(algorithm).update(utf8).digest());
  }
  return forms;
}

/** Which forms of a secret are in these bytes. */
export function findForms(secret: string, haystack: Buffer): string[] {
  return [...formsOf(secret)].filter(([, form]) => haystack.includes(form)).map(([name]) => name);
}
