import type { InLanguages } from '../words/language.js';

const en = {
  clusters: {
    list_accounts: {
      id: 'accounts',
      title: 'Account names and numbers',
      summary: 'What each account you choose is called, what kind it is, and its number.',
      items: ['Name and type of account', 'Account number', 'Currency'],
    },
    read_balances: {
      id: 'balances',
      title: 'Balances',
      summary: 'How much is in each account you choose.',
      items: ['Booked balance', 'Currency', 'When the balance was taken'],
    },
    read_transactions: {
      id: 'transactions',
      title: 'Transactions',
      summary: 'Money in and out of each account you choose, with dates, amounts, descriptions and who you paid or were paid by.',
      items: ['Dates and amounts', 'Descriptions and categories', 'Who you paid, and who paid you'],
    },
  },
  history: {
    term: 'Which transactions',
    all: 'All that we show for the account, past and new.',
    from: (first: string) => `From ${first} on, and new ones.`,
    to: (last: string) => `All until ${last}.`,
    between: (first: string, last: string) => `From ${first} until ${last}.`,
  },
  until: { term: 'How long', value: (moment: string) => `Until ${moment}, then it stops by itself.` },
};

type Texts = typeof en;

const ptBr: Texts = {
  clusters: {
    list_accounts: {
      id: 'accounts',
      title: 'Nomes e números das contas',
      summary: 'Como se chama cada conta que você escolher, de que tipo ela é e qual é o seu número.',
      items: ['Nome e tipo da conta', 'Número da conta', 'Moeda'],
    },
    read_balances: {
      id: 'balances',
      title: 'Saldos',
      summary: 'Quanto há em cada conta que você escolher.',
      items: ['Saldo contábil', 'Moeda', 'Momento em que o saldo foi apurado'],
    },
    read_transactions: {
      id: 'transactions',
      title: 'Transações',
      summary: 'Entradas e saídas de cada conta que você escolher, com datas, valores, descrições e quem você pagou ou quem pagou a você.',
      items: ['Datas e valores', 'Descrições e categorias', 'Quem você pagou e quem pagou a você'],
    },
  },
  history: {
    term: 'Quais transações',
    all: 'Todas as que mostramos para a conta, passadas e novas.',
    from: (first) => `A partir de ${first}, e as novas.`,
    to: (last) => `Todas até ${last}.`,
    between: (first, last) => `De ${first} até ${last}.`,
  },
  until: { term: 'Por quanto tempo', value: (moment) => `Até ${moment}; depois termina sozinho.` },
};

const ar: Texts = {
  clusters: {
    list_accounts: {
      id: 'accounts',
      title: 'أسماء الحسابات وأرقامها',
      summary: 'اسم كل حساب تختاره ونوعه ورقمه.',
      items: ['اسم الحساب ونوعه', 'رقم الحساب', 'العملة'],
    },
    read_balances: {
      id: 'balances',
      title: 'الأرصدة',
      summary: 'المبلغ الموجود في كل حساب تختاره.',
      items: ['الرصيد المقيّد', 'العملة', 'وقت احتساب الرصيد'],
    },
    read_transactions: {
      id: 'transactions',
      title: 'المعاملات',
      summary: 'الأموال الواردة والصادرة في كل حساب تختاره، مع التواريخ والمبالغ والأوصاف ومن دفعت له أو دفع لك.',
      items: ['التواريخ والمبالغ', 'الأوصاف والفئات', 'من دفعت له ومن دفع لك'],
    },
  },
  history: {
    term: 'أي معاملات',
    all: 'كل ما نعرضه للحساب من معاملات سابقة وجديدة.',
    from: (first) => `ابتداءً من ${first}، والمعاملات الجديدة.`,
    to: (last) => `كلها حتى ${last}.`,
    between: (first, last) => `من ${first} حتى ${last}.`,
  },
  until: { term: 'المدة', value: (moment) => `حتى ${moment}، ثم تتوقف تلقائيًا.` },
};

export const texts: InLanguages<Texts> = { en, 'pt-BR': ptBr, ar };
