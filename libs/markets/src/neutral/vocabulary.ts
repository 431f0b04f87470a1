import type { Vocabulary } from '../vocabulary.js';

/** Of the details of a lodged consent to see accounts. */
export const dataType = 'urn:assent:neutral:data';

export const neutralVocabulary: Vocabulary = {
  clusters: {
    accounts: {
      en: { title: 'Your accounts', summary: 'Name and number', items: ['Account name', 'Account number'] },
      'pt-BR': { title: 'Suas contas', summary: 'Nome e número', items: ['Nome da conta', 'Número da conta'] },
      ar: { title: 'حساباتك', summary: 'الاسم والرقم', items: ['اسم الحساب', 'رقم الحساب'] },
    },
    balances: {
      en: { title: 'Balances', summary: 'How much is there', items: ['Balance'] },
      'pt-BR': { title: 'Saldos', summary: 'Quanto há na conta', items: ['Saldo'] },
      ar: { title: 'الأرصدة', summary: 'المبلغ المتوفر', items: ['الرصيد'] },
    },
    transactions: {
      en: { title: 'Transactions', summary: 'What came in and went out', items: ['Amount', 'Date', 'Payee'] },
      'pt-BR': { title: 'Transações', summary: 'O que entrou e saiu', items: ['Valor', 'Data', 'Favorecido'] },
      ar: { title: 'المعاملات', summary: 'ما دخل وما خرج', items: ['المبلغ', 'التاريخ', 'المستفيد'] },
    },
  },
  permissions: { ReadAccounts: ['accounts'], ReadBalances: ['balances'], ReadTransactions: ['transactions'] },
};
