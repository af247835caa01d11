import type { SendBytes } from "./api-client.std.ts";

/** Parts by `XMLHttpRequest`: a browser says of no other request how far it is, and streams none over HTTP/1.1. */
export const sendBytes: SendBytes = (url, { method, headers, bytes, signal, onSent }) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => onSent(loaded);
    request.onload = () => resolve(new Response(request.responseText || null, { status: request.status }));
    request.onerror = () => reject(new TypeError("The network failed."));
    request.onabort = () => reject(signal.reason);
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(bytes);
  });
