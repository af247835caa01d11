import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";

/** A part of the view that is a script of its own, fetched when it is first to be drawn. Until then, and where it cannot be had, nothing stands there. */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const loaded = signal<ComponentType<Props> | null>(null);
  let isAsked = false;
  return function Later(props: Props) {
    useEffect(() => {
      if (isAsked) return;
      isAsked = true;
      load().then(
        (part) => {
          loaded.value = part;
        },
        () => {
          isAsked = false;
        },
      );
    }, []);
    const Part = loaded.value;
    return Part === null ? null : <Part {...props} />;
  };
}
