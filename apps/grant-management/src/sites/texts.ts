import type { Locale } from '@assent/pages';

/** What a page of a site still being built says: what it is for, what is not here yet, and what works today. */
export interface HoldingTexts {
  readonly title: string;
  readonly lead: (bank: string) => string;
  readonly notYet: string;
  readonly notYetDetail: string;
  readonly willHold: string;
  readonly items: readonly string[];
  readonly today: string;
  readonly nowItems: (bank: string) => readonly string[];
  readonly demoLink: string;
}
export type SiteName = 'dashboard' | 'staff';

const en: Record<SiteName, HoldingTexts> = {
  dashboard: {
    title: 'Connected apps',
    lead: (bank) => `The place at ${bank} to see which apps you share account data with, and to stop any of them.`,
    notYet: 'This page is not ready yet',
    notYetDetail: 'Nothing is shown or changed here today, and nobody can sign in.',
    willHold: 'What you will find here',
    items: ['Every app that sees your data or takes payments, until when, and from which accounts', 'What each app is allowed to see, and when it last looked', 'One button to stop sharing, with effect at once'],
    today: 'What works today',
    nowItems: (bank) => [`Sharing: when an app sends you to ${bank}, you sign in, see who asks for what, and choose the accounts.`, 'Saying no: one press on the same page, and nothing is shared.', 'Stopping: the app itself can end what you allowed, and its access ends within a second.'],
    demoLink: 'Try it with the demo app',
  },
  staff: {
    title: 'Staff console',
    lead: (bank) => `For ${bank} staff who help customers with what they share.`,
    notYet: 'This page is not ready yet',
    notYetDetail: 'No customer data can be reached from here, and nobody can sign in.',
    willHold: 'What staff will find here',
    items: ['Exact search by customer, grant reference or company, against a ticket', 'What a customer sees, with the technical facts beside it, and never a token', 'Ending a grant, with a reason the customer can read', 'A record of every look and every act'],
    today: 'What works today',
    nowItems: () => ['Each decision of a customer, and each token issued or refused, is kept in the audit log of the database.', 'An app ends its own grants at the grants API.'],
    demoLink: 'See the flow in the demo app',
  },
};

const ptBR: Record<SiteName, HoldingTexts> = {
  dashboard: {
    title: 'Aplicativos conectados',
    lead: (bank) => `O lugar no ${bank} para ver com quais aplicativos você compartilha dados da conta, e para encerrar qualquer um deles.`,
    notYet: 'Esta página ainda não está pronta',
    notYetDetail: 'Hoje nada é mostrado nem alterado aqui, e ninguém pode entrar.',
    willHold: 'O que você vai encontrar aqui',
    items: ['Cada aplicativo que vê seus dados ou faz pagamentos, até quando e de quais contas', 'O que cada aplicativo pode ver, e quando olhou pela última vez', 'Um botão para parar de compartilhar, com efeito imediato'],
    today: 'O que já funciona',
    nowItems: (bank) => [`Compartilhar: quando um aplicativo envia você ao ${bank}, você entra, vê quem pede o quê e escolhe as contas.`, 'Recusar: um toque na mesma página, e nada é compartilhado.', 'Encerrar: o próprio aplicativo pode encerrar o que você permitiu, e o acesso termina em um segundo.'],
    demoLink: 'Experimente com o aplicativo de demonstração',
  },
  staff: {
    title: 'Console da equipe',
    lead: (bank) => `Para a equipe do ${bank} que ajuda clientes com o que compartilham.`,
    notYet: 'Esta página ainda não está pronta',
    notYetDetail: 'Nenhum dado de cliente pode ser acessado aqui, e ninguém pode entrar.',
    willHold: 'O que a equipe vai encontrar aqui',
    items: ['Busca exata por cliente, referência ou empresa, com um chamado', 'O que o cliente vê, com os dados técnicos ao lado, e nunca um token', 'Encerrar uma autorização, com um motivo que o cliente pode ler', 'Um registro de cada consulta e de cada ação'],
    today: 'O que já funciona',
    nowItems: () => ['Cada decisão de um cliente, e cada token emitido ou recusado, fica no registro de auditoria do banco de dados.', 'Um aplicativo encerra as próprias autorizações na API de autorizações.'],
    demoLink: 'Veja o fluxo no aplicativo de demonstração',
  },
};

const ar: Record<SiteName, HoldingTexts> = {
  dashboard: {
    title: 'التطبيقات المتصلة',
    lead: (bank) => `المكان لدى ${bank} لمعرفة التطبيقات التي تشاركها بيانات حساباتك، ولإيقاف أيٍّ منها.`,
    notYet: 'هذه الصفحة ليست جاهزة بعد',
    notYetDetail: 'لا يُعرض هنا شيء اليوم ولا يُغيَّر شيء، ولا يمكن لأحد تسجيل الدخول.',
    willHold: 'ما ستجده هنا',
    items: ['كل تطبيق يرى بياناتك أو يجري مدفوعات، وحتى متى، ومن أي حسابات', 'ما يُسمح لكل تطبيق برؤيته، ومتى اطّلع آخر مرة', 'زر واحد لإيقاف المشاركة، ويسري فورًا'],
    today: 'ما يعمل اليوم',
    nowItems: (bank) => [`المشاركة: عندما يرسلك تطبيق إلى ${bank}، تسجّل الدخول، وترى من يطلب ماذا، وتختار الحسابات.`, 'الرفض: ضغطة واحدة في الصفحة نفسها، ولا يُشارك شيء.', 'الإيقاف: يستطيع التطبيق نفسه إنهاء ما سمحت به، وينتهي وصوله خلال ثانية.'],
    demoLink: 'جرّب ذلك مع تطبيق العرض',
  },
  staff: {
    title: 'لوحة الموظفين',
    lead: (bank) => `لموظفي ${bank} الذين يساعدون العملاء فيما يشاركونه.`,
    notYet: 'هذه الصفحة ليست جاهزة بعد',
    notYetDetail: 'لا يمكن الوصول من هنا إلى أي بيانات للعملاء، ولا يمكن لأحد تسجيل الدخول.',
    willHold: 'ما سيجده الموظفون هنا',
    items: ['بحث دقيق بالعميل أو مرجع الإذن أو الشركة، مقابل تذكرة', 'ما يراه العميل، وبجانبه الحقائق التقنية، دون أي رمز وصول', 'إنهاء إذن، مع سبب يستطيع العميل قراءته', 'سجل لكل اطّلاع وكل إجراء'],
    today: 'ما يعمل اليوم',
    nowItems: () => ['كل قرار لعميل، وكل رمز وصول صدر أو رُفض، محفوظ في سجل التدقيق في قاعدة البيانات.', 'ينهي التطبيق أذوناته بنفسه عبر واجهة الأذونات.'],
    demoLink: 'شاهد الخطوات في تطبيق العرض',
  },
};

export const holdingTexts: Readonly<Record<Locale, Record<SiteName, HoldingTexts>>> = { en, 'pt-BR': ptBR, ar };
