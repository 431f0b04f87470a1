/**
 * Every sentence of the pages, by meaning. English is the type: the other languages must say the same. Names, dates
 * and numbers come in isolated (`isolate`, `ltr`); no sentence is built from fragments.
 */
export const en = {
  skip: 'Skip to content',
  languages: 'Language',
  errorPrefix: (title: string) => `Error: ${title}`,
  titled: (title: string, bank: string) => `${title} – ${bank}`,
  problem: 'There is a problem',
  stepsLabel: 'Progress',
  steps: { signIn: 'Sign in', review: 'Review', done: 'Done' },
  stepDone: 'completed:',
  reference: (id: string) => `Reference: ${id}`,
  backTo: (tpp: string) => `Go back to ${tpp}`,
  continueTo: (tpp: string) => `Continue to ${tpp}`,

  signIn: {
    title: (bank: string) => `Sign in to ${bank}`,
    asksAccounts: (tpp: string) => `${tpp} asks to see account data. You decide next.`,
    asksIdentity: (tpp: string) => `${tpp} asks to know who you are. You decide next.`,
    ownLead: (app: string) => `To go on to ${app}.`,
    ownSafe: (bank: string) => `Type your password only on pages of ${bank}. We never ask for it by phone or message.`,
    userId: 'User ID',
    password: 'Password',
    submit: 'Continue',
    neverNeeds: (tpp: string, bank: string) => `${tpp} never needs your password. Enter it only here, at ${bank}.`,
    backMeans: (tpp: string) => `If you go back now, nothing is shared and we tell ${tpp} that you said no.`,
    notExpecting: (tpp: string) => `Not expecting this? Choose “Go back to ${tpp}”.`,
    missingUserId: 'Enter your user ID',
    missingPassword: 'Enter your password',
    wrong: 'The user ID or the password is not right. Check both and try again.',
    otherCustomer: (name: string, tpp: string) => `You signed in as ${name}, but ${tpp} asks about a different customer. Sign in as that customer, or go back.`,
  },

  consent: {
    titleAccounts: (tpp: string) => `Share your account data with ${tpp}?`,
    titleIdentity: (tpp: string) => `Share who you are with ${tpp}?`,
    signedInAs: (name: string) => `You are signed in as ${name}.`,
    tradesAs: (legal: string, tpp: string) => `${legal} trades as ${tpp}.`,
    registered: (number: string) => `It is on the regulator’s register, number ${number}.`,
    returnsTo: (host: string) => `After this, you return to ${host}`,
    why: 'Why',
    inTheirWords: (tpp: string) => `In ${tpp}’s words:`,
    whatTheySee: (tpp: string) => `What ${tpp} will see`,
    seeEverything: 'See everything this includes',
    ofCluster: (cluster: string) => `: ${cluster}`,
    whichAccounts: 'Which accounts?',
    chooseHint: 'Choose at least one. Only the accounts you choose are shared.',
    chooseOne: 'Choose at least one account, or choose “Don’t allow”',
    noAccounts: 'You have no account that can be shared here.',
    ending: (masked: string) => `ending ${masked}`,
    balanceLabel: 'Balance:',
    howLong: 'How long',
    until: (date: string) => `Until ${date}, then it stops by itself.`,
    noEnd: 'Until you stop it.',
    howOften: 'How often',
    alsoWhenAway: (tpp: string) => `As often as ${tpp} needs it until then, also when you are not using ${tpp}.`,
    onlyWhenPresent: (tpp: string) => `Only after you come here from ${tpp}, as you did now, and for a short while each time.`,
    howToStop: 'How to stop',
    stopAny: (bank: string, tpp: string) => `Any time: tell ${bank}, or stop it in ${tpp}. It takes effect at once.`,
    cannot: (tpp: string) => `${tpp} cannot move money, change your details or see your password.`,
    cannotIdentity: (tpp: string) => `${tpp} cannot see your accounts, move money, change your details or see your password.`,
    next: (tpp: string) => `If you allow this, we send you back to ${tpp}. If you don’t, nothing is shared and we tell ${tpp} that you said no.`,
    allow: 'Allow sharing',
    deny: 'Don’t allow',
    notExpecting: 'Not expecting this? Choose “Don’t allow”.',
  },

  clusters: {
    identity: {
      title: 'That it is you',
      summary: (tpp: string) => `A code number that stands for you, so that ${tpp} recognises you when you come back.`,
      items: ['A code number for you', 'When and how you signed in here'],
    },
    profile: {
      title: 'Your name and personal details',
      summary: (_tpp: string) => 'Your name and, where we hold them, details such as your date of birth.',
      items: ['Full name, given name and family name', 'Date of birth, where we hold it', 'Language and time zone, where we hold them'],
    },
    email: {
      title: 'Your email address',
      summary: (_tpp: string) => 'The address we write to you at.',
      items: ['Email address', 'Whether we have checked it'],
    },
    phone: {
      title: 'Your phone number',
      summary: (_tpp: string) => 'The number we reach you at.',
      items: ['Phone number', 'Whether we have checked it'],
    },
    address: {
      title: 'Your postal address',
      summary: (_tpp: string) => 'The address we hold for you.',
      items: ['Street, postcode, city and country'],
    },
    accounts: {
      title: 'Account names and numbers',
      summary: (_tpp: string) => 'What each account you choose is called, what kind it is, and its number.',
      items: ['Name and type of account', 'Account number', 'Currency'],
    },
    balances: {
      title: 'Balances',
      summary: (_tpp: string) => 'How much is in each account you choose.',
      items: ['Booked balance', 'Currency', 'When the balance was taken'],
    },
    transactions: {
      title: 'Transactions',
      summary: (_tpp: string) => 'All money in and out that we show for the account, past and new, with dates, amounts, descriptions and who you paid or were paid by.',
      items: ['Dates and amounts', 'Descriptions and categories', 'Who you paid, and who paid you'],
    },
    other: {
      title: (name: string) => `Other access: “${name}”`,
      summary: (bank: string) => `${bank} has no description for this. Allow it only if you know what it means.`,
    },
  },

  unavailable: {
    needs_second_approver: 'Cannot be shared here: it needs a second approver. Ask your administrator.',
    closed: 'Cannot be shared: this account is closed.',
    blocked: 'Cannot be shared: this account is blocked. Contact us.',
    not_online: 'Cannot be shared: this account is not set up for online use.',
    unknown: 'Cannot be shared here.',
  },

  done: {
    titleAllowed: 'Done',
    titleDenied: 'Nothing was shared',
    allowed: (tpp: string) => `You allowed ${tpp} to see what you chose.`,
    denied: (tpp: string) => `We tell ${tpp} that you said no.`,
    takesYou: (tpp: string) => `We are taking you back to ${tpp}. If nothing happens, use the button.`,
  },

  errors: {
    expired: { title: 'This request ran out', what: 'Requests like this one are open for a short time only.', not: 'Nothing was shared.', next: (tpp: string) => `Go back to ${tpp} and start again.` },
    decided: { title: 'This request was already answered', what: 'Each request can be answered once, and this one has been.', not: 'Nothing more was shared.', next: (tpp: string) => `Go back to ${tpp}. To share data again, start again there.` },
    changed: { title: 'This request changed', what: 'What you were shown is no longer what would be allowed.', not: 'Nothing was shared.', next: (_tpp: string) => 'Review the request again before you decide.', action: 'Review it again' },
    unknown: { title: 'We don’t know this request', what: 'The link that brought you here is not complete, not meant for this browser, or no longer good.', not: 'Nothing was shared.', next: (tpp: string) => `Go back to ${tpp} and start again.` },
    cookies: { title: 'Cookies are off', what: 'We need a cookie to be sure that it is you who answers, and your browser did not send ours.', not: 'Nothing was shared.', next: (tpp: string) => `Allow cookies for this site, then go back to ${tpp} and start again.` },
    notFound: { title: 'Page not found', what: 'There is no page at this address.', not: 'Nothing was changed.', next: (_tpp: string) => 'Check the address, or go back to where you came from.' },
    tooMany: { title: 'Too many tries', what: 'To protect your account, sign-in is paused after several tries that did not work.', not: 'You are not signed in, and nothing was shared.', next: (_tpp: string) => 'Wait a while, then try again.', wait: (minutes: string) => `You can try again in ${minutes}.`, action: 'Try again' },
    refused: { title: 'We can’t accept this', what: 'This was not sent from our own page in this browser.', not: 'Nothing was shared.', next: (tpp: string) => `Go back to ${tpp} and start again.` },
    invalid: { title: 'This request is not right', what: 'The app that sent you here made a mistake in its request. It is not your fault.', not: 'Nothing was shared.', next: (tpp: string) => `Go back to ${tpp} and tell them, with the reference below.` },
    internal: { title: 'Something went wrong', what: 'The mistake is ours, and we have taken note of it.', not: 'Nothing was shared that you had not allowed.', next: (_tpp: string) => 'Try again in a few minutes.' },
  },
  theApp: 'the app you came from',
};

/** What every language must say. Literal texts widen to `string`. */
export type Texts = typeof en;
