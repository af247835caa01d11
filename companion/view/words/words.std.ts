import type { AgreeWords } from "./agree.en.std.ts";
import type { HostWords } from "./host.en.std.ts";
import type { RecordWords } from "./record.en.std.ts";
import type { TakeWords } from "./take.en.std.ts";
import type { VideoWords } from "./video.en.std.ts";
import type { ViewWords } from "./view.en.std.ts";

/** All that the view says. One language has what the other has, or it does not compile. */
export type Words = ViewWords & {
  host: HostWords;
  take: TakeWords;
  record: RecordWords;
  agree: AgreeWords;
  video: VideoWords;
};
