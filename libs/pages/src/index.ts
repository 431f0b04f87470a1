import './html/guard.js';

export { SafeUrl } from './html/safe-url.js';
export { isolate, ltr, plain, withoutIsolates } from './html/plain-text.js';
export { renderDocument } from './html/render.js';
export { chooseLocale, direction, isLocale, localeNames, locales, matchLocale, offeredLocales, type Locale } from './locale.js';
export { formatDate, formatMinutes, formatMoment, formatMoney } from './format.js';
export { textsOf, type Texts } from './texts/index.js';
export { asksForAccounts, clustersOf, type Cluster, type ClusterId } from './clusters.js';
export { stylesheet, stylesheetETag } from './stylesheet.js';

export { Page, type Frame, type PageProps } from './components/layout.js';
export { Link } from './components/link.js';
export { ErrorSummary, Field, PostForm, Submit, type FieldProps } from './components/form.js';
export { Badge, Card, Choice, CodeBlock, Disclosure, Facts, Note, Section, Steps, Timeline, type Tone } from './components/parts.js';
export { Ltr, Mark, Name, Words } from './components/words.js';

export { renderLoginPage, type SignInModel, type SignInProblem } from './pages/sign-in.js';
export { renderConsentPage, type AskingClient, type ConsentModel } from './pages/consent.js';
export { explained } from './pages/consent-clusters.js';
export { renderDonePage, type DoneModel } from './pages/done.js';
export { renderErrorPage, type ErrorModel, type ErrorVariant } from './pages/error.js';
