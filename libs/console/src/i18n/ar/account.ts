import type { Words } from '../words.js';

export const account: Words<'account'> = {
  account: {
    nothingHere: 'لا يحق لفريقك رؤية أي من شاشات اللوحة؛ وهذه الصفحة لك دائمًا.',
    rights: 'ما يسمح لك به {{team}}',
    rightsHelp: 'الإصدار {{version}} من المخطط. تظهر التغييرات هنا من تلقاء نفسها.',
    numbersHidden: 'أرقام العملاء محجوبة عنك.',
    numbersShown: 'ترى أرقام العملاء كاملة حيث تسمح صلاحياتك.',
    password: 'كلمة المرور',
    current: 'كلمة المرور الحالية',
    change: 'تغيير كلمة المرور',
    changed: 'تغيّرت كلمة مرورك. انتهت كل الجلسات الأخرى.',
    passwordHelp: 'تنتهي فورًا كل جلساتك الأخرى وكل مفاتيح API الخاصة بك.',
  },
};
