import type { MemberId } from "../../../protocol/ids.ts";
import { may, type Role } from "../../../protocol/roles.ts";
import type { Signal } from "../../../protocol/room.ts";
import { FileDevice } from "../capture/file-source.node.ts";
import { Links } from "../links/links.node.ts";
import type { StudioEvent } from "./events.std.ts";

export interface StudioSoundOptions {
  /** What the device hears: stereo interleaved 24-bit at 48 kHz. */
  input: Int32Array;
  folder: string;
  role(): Role;
  /** Each block of the device, before it goes to the others. */
  onBlock(frame: number, input: Int32Array): void;
  signal(memberId: MemberId, signal: Signal): void;
  emit(event: StudioEvent): void;
}

/** The studio's live sound: the device, and the links to everybody who is here. */
export class StudioSound {
  readonly device: FileDevice;
  readonly links: Links;
  readonly #folder: string;

  constructor(options: StudioSoundOptions) {
    this.#folder = options.folder;
    this.device = new FileDevice(options.input, ({ frame, input, output }) => {
      options.onBlock(frame, input);
      this.links.block(frame, input, output, may(options.role(), "audio.send"));
    });
    this.links = new Links({
      device: this.device,
      signal: options.signal,
      onState: (memberId, state) => options.emit({ type: "link", memberId, state }),
    });
  }

  open(): void {
    this.device.open();
  }

  close(): void {
    this.links.close(this.#folder);
  }
}
