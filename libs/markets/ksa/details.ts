import { dataSharingType } from '../src/data-sharing.js';
import { ksaVocabulary } from './vocabulary.js';

/** Of both versions of the market: each has issuers and grants of its own. */
export const accountAccess = dataSharingType({ type: 'urn:assent:ksa:accounts', vocabulary: ksaVocabulary });
