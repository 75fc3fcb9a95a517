import type { Words } from '../words.js';

export const audit: Words<'audit'> = {
  audit: {
    find: 'ابحث في السجل',
    kind: 'تغييرات ماذا',
    anyKind: 'تغييرات أي شيء',
    kinds: {
      agent: 'وكيل',
      team: 'فريق',
      api_key: 'مفتاح API',
      session: 'جلسة',
      conversation: 'محادثة',
      contact: 'جهة اتصال',
      channel: 'قناة',
      workspace: 'مساحة العمل',
      threshold: 'حدّ',
      webhook: 'خطاف',
    },
    none: 'لم يُعثر على شيء',
    system: 'Muster نفسه',
    reason: 'السبب: {{reason}}',
    request: 'الطلب {{id}}',
    chain:
      'لا تُغيَّر القيود بل تُضاف فقط، ويحمل كل منها بصمة كل ما قبله: يثبت «muster audit verify» أن شيئًا لم يُغيَّر ولم يُحذف.',
  },
};
