/** What runs before a page of ours, apart from it: gives it the bridge, and passes on the one port that cannot go through the bridge. */
import { contextBridge, ipcRenderer } from "electron/renderer";
import { newBridge } from "./bridge.std.ts";
import { channelOf, TAP_MESSAGE } from "./ipc.std.ts";

contextBridge.exposeInMainWorld("sessionlinked", newBridge(ipcRenderer));
ipcRenderer.on(channelOf.tap, ({ ports }) => window.postMessage(TAP_MESSAGE, window.location.origin, [...ports]));
