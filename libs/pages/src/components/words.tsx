import { plain, runs } from '../html/plain-text.js';

/** A sentence; its isolated names and numbers stand in `<bdi>`. */
export function Words({ of }: { of: string }) {
  return (
    <>
      {runs(of).map((run) => (run.isolated === undefined ? run.text : run.isolated === 'ltr' ? <bdi dir="ltr">{run.text}</bdi> : <bdi>{run.text}</bdi>))}
    </>
  );
}

/** A name from outside: plain text in its own direction. */
export function Name({ of, max }: { of: unknown; max?: number }) {
  return <bdi>{plain(of, max)}</bdi>;
}

/** An amount, masked number or code: left to right in every language. */
export function Ltr({ of }: { of: unknown }) {
  return <bdi dir="ltr">{plain(of)}</bdi>;
}

/** The first letter of a brand on a tile; decoration only. */
export function Mark({ of }: { of: unknown }) {
  const letter = [...plain(of)].find((character) => /[\p{L}\p{N}]/u.test(character)) ?? '·';
  return (
    <span class="mark" aria-hidden="true">
      {letter.toUpperCase()}
    </span>
  );
}
