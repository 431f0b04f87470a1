import { commonPermissions, vocabularyOf } from '../src/read-write/index.js';

/** Permissions and purposes of the market’s published example; its own list was not read. */
export const ksaVocabulary = vocabularyOf(
  { ...commonPermissions, ReadPartyPSUIdentity: ['identity-holder', 'identity-documents'] },
  {
    'Account Aggregation': {
      en: 'To show your accounts at different banks in one place.',
      'pt-BR': 'Para mostrar em um só lugar suas contas em vários bancos.',
      ar: 'لعرض حساباتك في البنوك المختلفة في مكان واحد.',
    },
    'E-Statement': {
      en: 'To make account statements for you.',
      'pt-BR': 'Para preparar extratos das suas contas.',
      ar: 'لإعداد كشوف حساباتك.',
    },
  },
);
