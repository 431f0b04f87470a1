import type { InLanguages } from '@assent/authorization-details';
import { clustersOf, type Vocabulary } from '../src/vocabulary.js';

/** What the bank vouches for, in the words customers read. Plain claims (name, e-mail…) have the words every issuer has. */
export const connectIdVocabulary: Vocabulary = {
  clusters: {
    age: {
      en: { title: 'Whether you have reached an age', summary: 'Yes or no, without your date of birth.', items: ['Over or under the age asked about'] },
      'pt-BR': { title: 'Se você atingiu uma idade', summary: 'Sim ou não, sem a sua data de nascimento.', items: ['Acima ou abaixo da idade perguntada'] },
      ar: { title: 'هل بلغت سنًا معينة', summary: 'نعم أو لا، دون تاريخ ميلادك.', items: ['فوق السن المطلوبة أو دونها'] },
    },
    payee: {
      en: { title: 'An account to pay you to', summary: 'Name and number of the account you take payments on.', items: ['Name of the account', 'BSB and number, PayID, or international details'] },
      'pt-BR': { title: 'Uma conta para pagar você', summary: 'Nome e número da conta em que você recebe pagamentos.', items: ['Nome da conta', 'BSB e número, PayID ou dados internacionais'] },
      ar: { title: 'حساب للدفع لك', summary: 'اسم ورقم الحساب الذي تتلقى عليه المدفوعات.', items: ['اسم الحساب', 'رقم BSB ورقم الحساب أو PayID أو البيانات الدولية'] },
    },
  },
  permissions: {
    over16: ['age'],
    over18: ['age'],
    over21: ['age'],
    over25: ['age'],
    over65: ['age'],
    beneficiary_account_au: ['payee'],
    beneficiary_account_au_payid: ['payee'],
    beneficiary_account_international: ['payee'],
  },
};

export const clusterIdsOf = (claims: readonly string[]): readonly string[] => clustersOf(connectIdVocabulary, claims);

/** Before the purpose of a request, which is its client's own text. */
export const texts: InLanguages<string> = { en: 'Why this time', 'pt-BR': 'Por que desta vez', ar: 'السبب هذه المرة' };
