import type { InLanguages } from '@assent/authorization-details';

/** `OpenFinanceBilling.Purpose` of data consents. */
export const purposes = ['AccountAggregation', 'RiskAssessment', 'TaxFiling', 'Onboarding', 'Verification', 'QuoteComparison', 'BudgetingAnalysis', 'FinancialAdvice', 'AuditReconciliation'] as const;

interface Texts {
  readonly purpose: string;
  readonly purposes: Readonly<Record<string, string>>;
  readonly onBehalfOf: string;
  readonly history: string;
  readonly days: (from: string | undefined, to: string | undefined) => string;
  readonly until: string;
  readonly untilValue: (moment: string) => string;
  readonly together: string;
  readonly togetherValue: string;
  readonly debtorReference: string;
  readonly creditorReference: string;
  readonly times: string;
  readonly once: string;
  readonly reads: string;
  readonly readsValue: (what: readonly string[]) => string;
  readonly refund: string;
}

export const texts: InLanguages<Texts> = {
  en: {
    purpose: 'Purpose',
    purposes: {
      AccountAggregation: 'To show your accounts together in one place.',
      RiskAssessment: 'To assess a risk, such as whether you can afford a loan.',
      TaxFiling: 'To prepare a tax return.',
      Onboarding: 'To take you on as a customer.',
      Verification: 'To verify who you are or that an account is yours.',
      QuoteComparison: 'To compare offers for you.',
      BudgetingAnalysis: 'To help you plan your budget.',
      FinancialAdvice: 'To give you financial advice.',
      AuditReconciliation: 'To audit or reconcile accounts.',
    },
    onBehalfOf: 'On behalf of',
    history: 'Which transactions',
    days: (from, to) => (from && to ? `From ${from} until ${to}.` : from ? `From ${from} on, and new ones.` : to ? `All until ${to}.` : 'All that we show for the account, past and new.'),
    until: 'How long',
    untilValue: (moment) => `Until ${moment}, then it stops by itself.`,
    together: 'Who else decides',
    togetherValue: 'Everybody who must approve for these accounts. Until all have, nothing can be used.',
    debtorReference: 'On your statement',
    creditorReference: 'On the payee’s statement',
    times: 'How often',
    once: 'Once.',
    reads: 'Also sees',
    readsValue: (what) => `Of the account you pay from: ${what.join(', ')}.`,
    refund: 'where to send a refund',
  },
  'pt-BR': {
    purpose: 'Finalidade',
    purposes: {
      AccountAggregation: 'Para mostrar suas contas juntas em um só lugar.',
      RiskAssessment: 'Para avaliar um risco, como se você pode arcar com um empréstimo.',
      TaxFiling: 'Para preparar uma declaração de impostos.',
      Onboarding: 'Para cadastrar você como cliente.',
      Verification: 'Para verificar quem você é ou que uma conta é sua.',
      QuoteComparison: 'Para comparar ofertas para você.',
      BudgetingAnalysis: 'Para ajudar a planejar seu orçamento.',
      FinancialAdvice: 'Para dar a você orientação financeira.',
      AuditReconciliation: 'Para auditar ou conciliar contas.',
    },
    onBehalfOf: 'Em nome de',
    history: 'Quais transações',
    days: (from, to) => (from && to ? `De ${from} até ${to}.` : from ? `A partir de ${from}, e as novas.` : to ? `Todas até ${to}.` : 'Todas as que mostramos para a conta, passadas e novas.'),
    until: 'Por quanto tempo',
    untilValue: (moment) => `Até ${moment}; depois termina sozinho.`,
    together: 'Quem mais decide',
    togetherValue: 'Todos os que precisam aprovar nestas contas. Enquanto faltar alguém, nada pode ser usado.',
    debtorReference: 'No seu extrato',
    creditorReference: 'No extrato do favorecido',
    times: 'Quantas vezes',
    once: 'Uma vez.',
    reads: 'Também vê',
    readsValue: (what) => `Da conta de onde você paga: ${what.join(', ')}.`,
    refund: 'para onde enviar um reembolso',
  },
  ar: {
    purpose: 'الغرض',
    purposes: {
      AccountAggregation: 'لعرض حساباتك معًا في مكان واحد.',
      RiskAssessment: 'لتقييم مخاطر، مثل قدرتك على تحمّل قرض.',
      TaxFiling: 'لإعداد إقرار ضريبي.',
      Onboarding: 'لتسجيلك عميلًا.',
      Verification: 'للتحقق من هويتك أو من ملكيتك لحساب.',
      QuoteComparison: 'لمقارنة العروض لك.',
      BudgetingAnalysis: 'لمساعدتك على تخطيط ميزانيتك.',
      FinancialAdvice: 'لتقديم مشورة مالية لك.',
      AuditReconciliation: 'لتدقيق الحسابات أو تسويتها.',
    },
    onBehalfOf: 'نيابةً عن',
    history: 'أي معاملات',
    days: (from, to) => (from && to ? `من ${from} حتى ${to}.` : from ? `ابتداءً من ${from}، والمعاملات الجديدة.` : to ? `كلها حتى ${to}.` : 'كل ما نعرضه للحساب من معاملات سابقة وجديدة.'),
    until: 'المدة',
    untilValue: (moment) => `حتى ${moment}، ثم تتوقف تلقائيًا.`,
    together: 'من يقرر أيضًا',
    togetherValue: 'كل من يجب أن يوافق على هذه الحسابات. لا يمكن استخدام شيء قبل موافقة الجميع.',
    debtorReference: 'في كشف حسابك',
    creditorReference: 'في كشف حساب المستفيد',
    times: 'عدد المرات',
    once: 'مرة واحدة.',
    reads: 'يرى أيضًا',
    readsValue: (what) => `من الحساب الذي تدفع منه: ${what.join('، ')}.`,
    refund: 'الحساب الذي يُرسل إليه رد المبلغ',
  },
};
