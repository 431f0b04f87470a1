import { attackerIds, attackers } from '../model/attackers.js';
import { attackOf } from '../model/attacks.js';
import { controlOf } from '../model/controls.js';
import { goalIds, goals } from '../model/goals.js';
import { tally, type MatrixCell } from '../verdict.js';
import { verdictWords, type Evidence, type ProbeResult, type ReportedAttack, type ThreatReport } from './report.js';

/** Reports as one page that needs nothing else: no script, no font, no address. */
export function htmlReport(reports: readonly ThreatReport[]): string {
  const titles = { audit: 'Configuration audit', attack: 'Attack report' } as const;
  const title = reports[0] ? titles[reports[0].kind] : 'Threat report';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${text(title)}: FAPI 2.0 attacker model</title><style>${style}</style></head>
<body><main><header><p class="over">FAPI 2.0 attacker model</p><h1>${text(title)}</h1></header>
${reports.map(section).join('\n')}
<section><h2>How to read this</h2><dl>
<dt><b class="v enforced">enforced</b></dt><dd>stopped by every control it takes</dd><dt><b class="v partial">partial</b></dt><dd>stopped, but for what the specification itself leaves open; the residual is named</dd>
<dt><b class="v violated">violated</b></dt><dd>the attack succeeds</dd><dt><b class="v unknown">unknown</b></dt><dd>nobody could look</dd><dt><b class="v not-applicable">n/a</b></dt><dd>nothing of the kind exists here</dd></dl>
<h3>Attackers</h3><dl>${attackerIds.map((id) => `<dt>${id}</dt><dd><b>${text(attackers[id].title)}</b>: can ${text(attackers[id].can)}; cannot ${text(attackers[id].cannot)}.</dd>`).join('')}</dl>
<h3>Goals</h3><dl>${goalIds.map((id) => `<dt>${id}</dt><dd>${text(goals[id])}</dd>`).join('')}</dl></section></main></body></html>
`;
}

function section(report: ThreatReport): string {
  const { profile } = report;
  const counts = tally(report.attacks);
  const figures = (['violated', 'unknown', 'partial', 'enforced', 'not-applicable'] as const).map((one) => `<li${counts[one] === 0 ? '' : ` class="${one}"`}><b>${counts[one]}</b> ${verdictWords[one]}</li>`).join('');
  return `<section><h2>${text(report.subject)}</h2>
<p>${profile === undefined ? '' : `Profile <code>${text(profile)}</code>. `}Made <time>${report.at.toISOString()}</time>.</p><ul class="figures" aria-label="Attacks by verdict">${figures}</ul>
${report.notes.map((note) => `<p class="note">${text(note)}</p>`).join('')}
<h3>Who gets what</h3>${matrix(report.matrix)}<h3>Attacks</h3>${[...report.attacks].sort((a, b) => weight(a) - weight(b)).map(attack).join('\n')}</section>`;
}

const order = ['violated', 'unknown', 'partial', 'enforced', 'not-applicable'];
const weight = ({ verdict }: ReportedAttack): number => order.indexOf(verdict);

function matrix(cells: readonly MatrixCell[]): string {
  const cell = (attacker: string, goal: string): string => {
    const one = cells.find((each) => each.attacker === attacker && each.goal === goal);
    return one ? `<td><b class="v ${one.verdict}" title="${text(one.reason)}">${verdictWords[one.verdict]}</b></td>` : '<td></td>';
  };
  const rows = attackerIds.map((id) => `<tr><th scope="row">${id}<small>${text(attackers[id].title)}</small></th>${goalIds.map((goal) => cell(id, goal)).join('')}</tr>`).join('');
  return `<div class="wide"><table><thead><tr><th scope="col">Attacker</th>${goalIds.map((goal) => `<th scope="col"><abbr title="${text(goals[goal])}">${goal}</abbr></th>`).join('')}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function attack({ id, verdict, reason, controls = [], probes = [] }: ReportedAttack): string {
  const { title, attackers: by, goals: hit, clause, residual } = attackOf(id);
  const listed = controls.map((one) => `<tr><td><code>${one.id}</code></td><td>${one.state}</td><td>${text(controlOf(one.id).says)}<small>${text(one.because)}</small></td></tr>`).join('');
  return `<details${verdict === 'violated' ? ' open' : ''}><summary><b class="v ${verdict}">${verdictWords[verdict]}</b> <code>${id}</code> ${text(title)}</summary>
<p>${text(reason)}</p><p class="facts">Attackers ${by.join(', ')}. Goals ${hit.join(', ')}. ${text(clause)}.</p>${residual === undefined || reason.startsWith(residual) ? '' : `<p class="note">${text(residual)}</p>`}
${controls.length === 0 && probes.length > 0 ? `<p class="facts">${tried(probes)}</p>` : ''}${listed === '' ? '' : `<div class="wide"><table><thead><tr><th>Control</th><th>State</th><th>What it does</th></tr></thead><tbody>${listed}</tbody></table></div>`}${probes.map(probe).join('')}</details>`;
}

/** How many tries ended how. */
function tried(probes: readonly ProbeResult[]): string {
  const counts = Object.entries(outcomeWords).flatMap(([outcome, word]) => {
    const count = probes.filter((one) => one.outcome === outcome).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  return `${probes.length === 1 ? 'Tried in one way' : `Tried in ${probes.length} ways`}: ${counts.join(', ')}.`;
}

/** What came of a try, in a word. */
const outcomeWords: Readonly<Record<ProbeResult['outcome'], string>> = { stopped: 'stopped', succeeded: 'succeeded', residual: 'left open', inconclusive: 'inconclusive', 'not-applicable': 'n/a' };

const probe = ({ probe: name, says, outcome, reason, evidence }: ProbeResult): string =>
  `<section class="probe"><h4><b class="o ${outcome}">${outcomeWords[outcome]}</b> ${text(says)}</h4><p class="facts"><code>${text(name)}</code> ${text(reason)}</p>${evidence.map(exchange).join('')}</section>`;

const exchange = ({ step, request, answer, outcome }: Evidence): string => `<figure><figcaption>${text(step)}: ${outcome}</figcaption><pre>${text(request)}</pre><pre>${text(answer)}</pre></figure>`;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const text = (value: string): string => value.replace(/[&<>"']/g, (one) => entities[one] ?? one);

const style = `
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#59636e;--line:#d5dae0;--ground:#fff;--raised:#f6f8fa;--good:#116329;--good-g:#dafbe1;--warn:#7d4e00;--warn-g:#fff1c9;--bad:#a40e26;--bad-g:#ffe2e0;--none:#57606a;--none-g:#eaeef2}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa4af;--line:#343b44;--ground:#0f1318;--raised:#171c23;--good:#7ee2a0;--good-g:#10331d;--warn:#f2cc60;--warn-g:#3a2d07;--bad:#ffa198;--bad-g:#4b1113;--none:#aab4be;--none-g:#262d36}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,sans-serif}main{max-width:76rem;margin:0 auto;padding:2.5rem 1.25rem 5rem}
h1{font-size:2.1rem;line-height:1.2;margin:.1em 0 1em}h2{font-size:1.35rem;margin:2.6em 0 .3em;padding-top:1em;border-top:1px solid var(--line);overflow-wrap:anywhere}h3{font-size:1.05rem;margin:2em 0 .6em}h4{font-size:.95rem;margin:0 0 .3em}
.over,small,.facts{color:var(--soft)}.over{margin:0;font-weight:600}small{display:block;font-weight:400;font-size:.8rem}.facts{font-size:.85rem}code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,monospace;font-size:.85em}
.figures{display:flex;flex-wrap:wrap;gap:.6rem;list-style:none;padding:0}.figures li{padding:.35rem .9rem;border-radius:.5rem;background:var(--none-g);color:var(--none)}.figures b{font-size:1.15rem}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.88rem}th,td{text-align:start;vertical-align:top;padding:.5rem .6rem;border-bottom:1px solid var(--line)}thead th{color:var(--soft);font-weight:600;white-space:nowrap}abbr{text-decoration:none}
.v,.o{display:inline-block;padding:.05rem .5rem;border-radius:.35rem;font-size:.8rem;font-weight:600;background:var(--none-g);color:var(--none);white-space:nowrap}
.enforced,.stopped{background:var(--good-g)!important;color:var(--good)!important}.partial,.inconclusive,.residual{background:var(--warn-g)!important;color:var(--warn)!important}.violated,.unknown,.succeeded{background:var(--bad-g)!important;color:var(--bad)!important}
details{border:1px solid var(--line);border-radius:.6rem;margin:.5rem 0;padding:.1rem 1rem}summary{cursor:pointer;padding:.55rem 0}details[open]{padding-bottom:.8rem}.note{border-inline-start:3px solid var(--warn);padding-inline-start:.8rem}
.probe{background:var(--raised);border-radius:.5rem;padding:.8rem 1rem;margin:.7rem 0}figure{margin:.6rem 0}figcaption{font-size:.83rem;color:var(--soft)}pre{margin:.2rem 0;padding:.6rem .8rem;background:var(--ground);border:1px solid var(--line);border-radius:.4rem;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.4rem 1rem;font-size:.9rem}dd{margin:0}@media print{details{break-inside:avoid}body{font-size:12px}}`;
