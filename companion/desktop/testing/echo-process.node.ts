/** A utility process that says what it hears: for what the contract asks of processes and ports. */
import { parentPort } from "../parent-port.node.ts";

parentPort.onMessage((data, port) => {
  port?.onMessage((sound) => parentPort.postMessage({ heard: sound }));
  parentPort.postMessage({ said: data, hasPort: port !== null });
});
