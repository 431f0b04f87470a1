export { canonical, claimNames, differenceOf } from './difference.js';
