import { Facts, Section } from '../components/parts.js';
import { Words } from '../components/words.js';
import { formatTime } from '../format.js';
import { isolate, plain } from '../html/plain-text.js';
import type { SafeUrl } from '../html/safe-url.js';
import type { Locale } from '../locale.js';
import type { Texts } from '../texts/index.js';

/**
 * How the customer compares the two screens. `shown`: the code stands on the page. `pick`: it is one of several, and the
 * customer says which; `type`: they type it. Those two show that the other screen was looked at.
 */
export type CodeCheck =
  | { readonly by: 'shown'; readonly code: string }
  | { readonly by: 'pick'; readonly options: readonly string[]; readonly given?: string | undefined; readonly problem?: 'missing' | undefined }
  | { readonly by: 'type'; readonly given?: string | undefined; readonly problem?: 'missing' | 'wrong' | undefined };

/** What only the customer's own device shows of a request that came by the back channel. */
export interface DeviceAsking {
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  /** Absent: the request tells itself apart by what it asks for. */
  readonly code?: CodeCheck | undefined;
  /** Seconds until it ends, for the script to look again then. */
  readonly secondsLeft: number;
  /** All requests of the customer. */
  readonly list: SafeUrl;
}

const pickedField = (index: number): string => `code-${index}`;
const typedField = 'code';

/** For the error summary. */
export function codeProblem({ code }: DeviceAsking, t: Texts): { readonly field: string; readonly text: string } | undefined {
  if (!code || code.by === 'shown' || !code.problem) return undefined;
  return { field: code.by === 'pick' ? pickedField(0) : typedField, text: code.by === 'pick' ? t.device.pickOne : code.problem === 'wrong' ? t.device.wrongCode : t.device.typeIt };
}

/** What the other screen must show. */
export function CodeSection({ device, t }: { device: DeviceAsking; t: Texts }) {
  const { code } = device;
  if (!code) return null;
  if (code.by === 'shown') {
    return (
      <Section look="sumtop">
        <p class="hint">{t.device.mustShow}</p>
        <p class="match">
          <bdi>{plain(code.code, 300)}</bdi>
        </p>
        <p class="hint">{t.device.otherwise}</p>
      </Section>
    );
  }
  return code.by === 'pick' ? <Pick {...code} problem={codeProblem(device, t)?.text} t={t} /> : <Type given={code.given} problem={codeProblem(device, t)?.text} t={t} />;
}

const Pick = ({ options, given, problem, t }: { options: readonly string[]; given?: string | undefined; problem: string | undefined; t: Texts }) => (
  <Section look="plain">
    <fieldset class="stack" aria-describedby={problem ? 'code-hint code-error' : 'code-hint'}>
      <legend class="h2">{t.device.whichCode}</legend>
      <p class="hint" id="code-hint">
        {t.device.pickHint}
      </p>
      {problem && (
        <p class="error" id="code-error">
          {problem}
        </p>
      )}
      <div class="codes">
        {options.map((option, index) => (
          <label class="pick" for={pickedField(index)}>
            <input type="radio" id={pickedField(index)} name="code" value={plain(option, 300)} checked={option === given} />
            <span class="match">
              <bdi>{plain(option, 300)}</bdi>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  </Section>
);

const Type = ({ given, problem, t }: { given: string | undefined; problem: string | undefined; t: Texts }) => (
  <Section look="plain">
    <div class={problem ? 'field wrong' : 'field'}>
      <label for={typedField} class="h2">
        {t.device.typeCode}
      </label>
      <p class="hint" id="code-hint">
        {t.device.typeHint}
      </p>
      {problem && (
        <p class="error" id="code-error">
          {problem}
        </p>
      )}
      <input type="hidden" name="typed" value="yes" />
      <input type="text" id={typedField} name="code" class="match" value={given === undefined ? undefined : plain(given, 300)} autocomplete="off" autocapitalize="characters" spellcheck={false} maxlength={300} aria-invalid={problem ? 'true' : undefined} aria-describedby={problem ? 'code-hint code-error' : 'code-hint'} />
    </div>
  </Section>
);

/** When it was asked, and when it ends. */
export const TimesSection = ({ device, locale, t }: { device: DeviceAsking; locale: Locale; t: Texts }) => (
  <Section look="plain">
    <div id="until" data-seconds={String(device.secondsLeft)}>
      <Facts
        rows={[
          { term: t.device.askedAt, value: <Words of={isolate(formatTime(device.requestedAt, locale))} /> },
          { term: t.device.endsAt, value: <Words of={t.device.ends(isolate(formatTime(device.expiresAt, locale)))} /> },
        ]}
      />
    </div>
  </Section>
);
