import type { InLanguages } from '@assent/authorization-details';
import type { DataCluster, Vocabulary } from '../src/vocabulary.js';

/** Inside grants and tokens. */
export const dataType = 'urn:assent:cdr:data';

/** Clusters and permissions in the words of the data language standards (CDS Consumer Experience), and what they mean elsewhere. */
const clusters = {
  'account-basic': {
    en: { title: 'Account name, type and balance', summary: 'What each account you choose is called, what kind it is, and how much is in it.', items: ['Name of account', 'Type of account', 'Account balance'] },
    'pt-BR': { title: 'Nome, tipo e saldo da conta', summary: 'Como se chama cada conta que você escolher, de que tipo ela é e quanto há nela.', items: ['Nome da conta', 'Tipo da conta', 'Saldo da conta'] },
    ar: { title: 'اسم الحساب ونوعه ورصيده', summary: 'اسم كل حساب تختاره ونوعه والمبلغ الموجود فيه.', items: ['اسم الحساب', 'نوع الحساب', 'رصيد الحساب'] },
  },
  'account-detail': {
    en: { title: 'Account balance and details', summary: 'Name, type and balance of each account you choose, its number, and what it costs and yields.', items: ['Name of account', 'Type of account', 'Account balance', 'Account number', 'Interest rates', 'Fees and discounts', 'Account terms'] },
    'pt-BR': { title: 'Saldo e detalhes da conta', summary: 'Nome, tipo e saldo de cada conta que você escolher, o seu número e o que ela custa e rende.', items: ['Nome da conta', 'Tipo da conta', 'Saldo da conta', 'Número da conta', 'Taxas de juros', 'Tarifas e descontos', 'Condições da conta'] },
    ar: { title: 'رصيد الحساب وتفاصيله', summary: 'اسم كل حساب تختاره ونوعه ورصيده ورقمه وتكاليفه وعوائده.', items: ['اسم الحساب', 'نوع الحساب', 'رصيد الحساب', 'رقم الحساب', 'أسعار الفائدة', 'الرسوم والخصومات', 'شروط الحساب'] },
  },
  transactions: {
    en: { title: 'Transaction details', summary: 'Money in and out of each account you choose.', items: ['Incoming and outgoing transactions', 'Amounts', 'Dates', 'Descriptions of transactions', 'Who you have sent money to and received money from'] },
    'pt-BR': { title: 'Detalhes das transações', summary: 'Entradas e saídas de cada conta que você escolher.', items: ['Transações de entrada e de saída', 'Valores', 'Datas', 'Descrições das transações', 'Para quem você enviou dinheiro e de quem recebeu'] },
    ar: { title: 'تفاصيل المعاملات', summary: 'الأموال الواردة والصادرة في كل حساب تختاره.', items: ['المعاملات الواردة والصادرة', 'المبالغ', 'التواريخ', 'أوصاف المعاملات', 'من أرسلت إليه أموالًا ومن استلمت منه'] },
  },
  'regular-payments': {
    en: { title: 'Direct debits and scheduled payments', summary: 'What regularly leaves each account you choose.', items: ['Direct debits', 'Scheduled payments'] },
    'pt-BR': { title: 'Débitos automáticos e pagamentos agendados', summary: 'O que sai regularmente de cada conta que você escolher.', items: ['Débitos automáticos', 'Pagamentos agendados'] },
    ar: { title: 'الخصم المباشر والدفعات المجدولة', summary: 'ما يخرج بانتظام من كل حساب تختاره.', items: ['الخصم المباشر', 'الدفعات المجدولة'] },
  },
  payees: {
    en: { title: 'Saved payees', summary: 'The people and companies you saved to pay again.', items: ['Names and details of accounts you have saved'] },
    'pt-BR': { title: 'Favorecidos salvos', summary: 'As pessoas e empresas que você salvou para pagar de novo.', items: ['Nomes e dados das contas que você salvou'] },
    ar: { title: 'المستفيدون المحفوظون', summary: 'الأشخاص والشركات الذين حفظتهم لتدفع لهم مجددًا.', items: ['أسماء الحسابات التي حفظتها وتفاصيلها'] },
  },
  'customer-basic': {
    en: { title: 'Name and occupation', summary: 'What you are called and what you do.', items: ['Name', 'Occupation'] },
    'pt-BR': { title: 'Nome e ocupação', summary: 'Como você se chama e o que você faz.', items: ['Nome', 'Ocupação'] },
    ar: { title: 'الاسم والمهنة', summary: 'اسمك وعملك.', items: ['الاسم', 'المهنة'] },
  },
  'customer-detail': {
    en: { title: 'Name, occupation, contact details', summary: 'What you are called, what you do and how to reach you.', items: ['Name', 'Occupation', 'Phone', 'Email address', 'Mail address', 'Residential address'] },
    'pt-BR': { title: 'Nome, ocupação e contatos', summary: 'Como você se chama, o que você faz e como falar com você.', items: ['Nome', 'Ocupação', 'Telefone', 'E-mail', 'Endereço de correspondência', 'Endereço residencial'] },
    ar: { title: 'الاسم والمهنة وبيانات الاتصال', summary: 'اسمك وعملك وطريقة التواصل معك.', items: ['الاسم', 'المهنة', 'الهاتف', 'البريد الإلكتروني', 'العنوان البريدي', 'عنوان السكن'] },
  },
} satisfies Readonly<Record<string, InLanguages<DataCluster>>>;

/** Scopes of data, and the cluster each opens. */
export const vocabulary: Vocabulary = {
  clusters,
  within: { 'account-basic': 'account-detail', 'customer-basic': 'customer-detail' },
  permissions: {
    'bank:accounts.basic:read': ['account-basic'],
    'bank:accounts.detail:read': ['account-detail'],
    'bank:transactions:read': ['transactions'],
    'bank:payees:read': ['payees'],
    'bank:regular_payments:read': ['regular-payments'],
    'common:customer.basic:read': ['customer-basic'],
    'common:customer.detail:read': ['customer-detail'],
  },
  ofAccounts: ['bank:accounts.basic:read', 'bank:accounts.detail:read', 'bank:transactions:read', 'bank:regular_payments:read'],
};
