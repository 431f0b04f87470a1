import './html/guard.js';

export { SafeUrl } from './html/safe-url.js';
export { isolate, ltr, plain, withoutIsolates } from './html/plain-text.js';
export { renderDocument } from './html/render.js';
export { chooseLocale, direction, isLocale, localeNames, locales, matchLocale, offeredLocales, type Locale } from './locale.js';
export { formatAccountNumber, formatCount, formatDate, formatDays, formatList, formatMinutes, formatMoment, formatMoney } from './format.js';
export { moneyOf } from './money.js';
export { textsOf, type Texts } from './texts/index.js';
export { asksForAccounts, clustersOf, explained, type Cluster, type ClusterId } from './clusters.js';
export { explainAll, isData, ofAccounts, termsOfDetails, type Data, type Explained, type Spoken } from './data.js';
export { changeRows, type ChangeBadge, type ChangeRow, type Permitted } from './change-rows.js';
export { stylesheet, stylesheetETag } from './stylesheet.js';

export { Page, type Frame, type PageProps } from './components/layout.js';
export { Link } from './components/link.js';
export { ErrorSummary, Field, PostForm, Submit, type FieldProps } from './components/form.js';
export { Badge, Card, Choice, CodeBlock, Disclosure, Facts, Note, Section, Steps, Timeline, type Tone } from './components/parts.js';
export { Ltr, Mark, Name, Words } from './components/words.js';

export { Progress, type Path } from './components/progress.js';
export { renderLoginPage, type Asked, type SignInModel, type SignInProblem } from './pages/sign-in.js';
export type { AskingClient } from './pages/asking-client.js';
export { renderConsentPage, type AskingModel, type ConsentModel } from './pages/consent.js';
export { renderChangePage, type ChangeModel } from './pages/change.js';
export { payingAccounts, renderPaymentPage, type PaymentModel } from './pages/payment.js';
export type { CodeCheck, DeviceAsking } from './pages/device-code.js';
export { renderDeviceListPage, type DeviceForm, type DeviceListModel, type WaitingRequest } from './pages/device-list.js';
export { deviceScriptETag, deviceScriptText } from './pages/device-script.js';
export { renderDeviceToldPage, type DeviceToldModel } from './pages/device-told.js';
export { renderDonePage, type About, type DoneModel } from './pages/done.js';
export { formPostScript, formPostScriptETag, renderFormPostPage, type FormPostModel } from './pages/form-post.js';
export { renderErrorPage, type ErrorModel, type ErrorVariant } from './pages/error.js';

export { siteTextsOf, type SiteTexts } from './texts/sites/index.js';
export { SitePage, type SiteFrame, type SiteNavigation } from './sites/site-page.js';
export { isOver, revocationReasons } from './sites/model.js';
export { accountName, amountOf, Select, TextField, type Option } from './sites/parts.js';
export type { Connection, ConnectionRow, ConnectionState, Explanation, HistoryEntry, NamedAccount, RevocationReason, UseKind } from './sites/model.js';
export { renderProblemPage, renderSignedOutPage, renderWelcomePage, type SiteProblem } from './sites/messages.js';
export { renderConnectionsPage, type ConnectionsModel } from './sites/connections.js';
export { renderConnectionPage, type ConnectionModel } from './sites/connection.js';
export { renderAgreementPage, type AgreementModel, type AskedAgreement } from './sites/agreeing.js';
export { renderConfirmRemovalPage, renderRemoveAccountPage, renderStoppedPage, renderStopPage } from './sites/stopping.js';
export { grantStatuses, renderSearchPage, renderTicketPage, type SearchModel, type StaffAtWork } from './sites/staff-search.js';
export { renderRevokePage, renderRevokePreviewPage, renderStaffGrantPage, renderStaffToldPage, type RecordLine, type TechnicalFacts } from './sites/staff-grant.js';
export { renderApprovalPage, renderApprovalsPage, type Approval } from './sites/staff-approvals.js';
