import { commonPermissions, vocabularyOf } from '../src/read-write/index.js';

/** Those there is an endpoint for; any other is refused (Account and Transaction API Profile v4.0, Permissions). */
export const ukVocabulary = vocabularyOf({ ...commonPermissions, ReadPAN: ['accounts'] });
