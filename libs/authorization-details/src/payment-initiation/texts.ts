import type { InLanguages } from '../words/language.js';

const en = { reference: 'Reference', endToEnd: 'Payment number', times: 'How often', once: 'Once.' };
type Texts = typeof en;

const ptBr: Texts = { reference: 'Referência', endToEnd: 'Número do pagamento', times: 'Quantas vezes', once: 'Uma vez.' };
const ar: Texts = { reference: 'المرجع', endToEnd: 'رقم الدفعة', times: 'عدد المرات', once: 'مرة واحدة.' };

export const texts: InLanguages<Texts> = { en, 'pt-BR': ptBr, ar };
