import type { InLanguages } from '../words/language.js';

const en = {
  perPayment: { term: 'Each payment', value: (most: string) => `At most ${most}.` },
  perPeriod: {
    term: 'All together',
    day: (most: string) => `At most ${most} a day.`,
    week: (most: string) => `At most ${most} a week, Monday to Sunday.`,
    month: (most: string) => `At most ${most} a calendar month.`,
    year: (most: string) => `At most ${most} a calendar year.`,
  },
  count: {
    term: 'How many payments',
    day: (text: string, count: number) => (count === 1 ? 'One a day at most.' : `At most ${text} a day.`),
    week: (text: string, count: number) => (count === 1 ? 'One a week at most.' : `At most ${text} a week.`),
    month: (text: string, count: number) => (count === 1 ? 'One a month at most.' : `At most ${text} a month.`),
    year: (text: string, count: number) => (count === 1 ? 'One a year at most.' : `At most ${text} a year.`),
  },
  reference: 'Reference',
  starts: { term: 'From', value: (date: string) => `${date}. No payment before.` },
  ends: { term: 'Until', value: (date: string) => `${date}. No payment after.`, none: 'As long as this agreement lasts.' },
};
type Texts = typeof en;

const ptBr: Texts = {
  perPayment: { term: 'Cada pagamento', value: (most) => `No máximo ${most}.` },
  perPeriod: {
    term: 'No total',
    day: (most) => `No máximo ${most} por dia.`,
    week: (most) => `No máximo ${most} por semana, de segunda a domingo.`,
    month: (most) => `No máximo ${most} por mês.`,
    year: (most) => `No máximo ${most} por ano.`,
  },
  count: {
    term: 'Quantos pagamentos',
    day: (text, count) => (count === 1 ? 'No máximo um por dia.' : `No máximo ${text} por dia.`),
    week: (text, count) => (count === 1 ? 'No máximo um por semana.' : `No máximo ${text} por semana.`),
    month: (text, count) => (count === 1 ? 'No máximo um por mês.' : `No máximo ${text} por mês.`),
    year: (text, count) => (count === 1 ? 'No máximo um por ano.' : `No máximo ${text} por ano.`),
  },
  reference: 'Referência',
  starts: { term: 'A partir de', value: (date) => `${date}. Nenhum pagamento antes.` },
  ends: { term: 'Até', value: (date) => `${date}. Nenhum pagamento depois.`, none: 'Enquanto durar este acordo.' },
};

/** Arabic names one, two, a few (3 to 10) and more differently. */
const arabicCount = (text: string, count: number): string => {
  if (count === 1) return 'دفعة واحدة';
  if (count === 2) return 'دفعتان';
  const few = count % 100 >= 3 && count % 100 <= 10;
  return few ? `${text} دفعات` : `${text} دفعة`;
};

const ar: Texts = {
  perPayment: { term: 'كل دفعة', value: (most) => `${most} كحد أقصى.` },
  perPeriod: {
    term: 'المجموع',
    day: (most) => `${most} في اليوم كحد أقصى.`,
    week: (most) => `${most} في الأسبوع كحد أقصى، من الاثنين إلى الأحد.`,
    month: (most) => `${most} في الشهر الميلادي كحد أقصى.`,
    year: (most) => `${most} في السنة الميلادية كحد أقصى.`,
  },
  count: {
    term: 'عدد الدفعات',
    day: (text, count) => `${arabicCount(text, count)} في اليوم كحد أقصى.`,
    week: (text, count) => `${arabicCount(text, count)} في الأسبوع كحد أقصى.`,
    month: (text, count) => `${arabicCount(text, count)} في الشهر كحد أقصى.`,
    year: (text, count) => `${arabicCount(text, count)} في السنة كحد أقصى.`,
  },
  reference: 'المرجع',
  starts: { term: 'ابتداءً من', value: (date) => `${date}. لا دفع قبل ذلك.` },
  ends: { term: 'حتى', value: (date) => `${date}. لا دفع بعد ذلك.`, none: 'طوال مدة هذه الموافقة.' },
};

export const texts: InLanguages<Texts> = { en, 'pt-BR': ptBr, ar };
