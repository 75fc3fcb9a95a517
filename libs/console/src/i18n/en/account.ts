export const account = {
  account: {
    nothingHere: 'Your team may see none of the console’s screens; this page is always yours.',
    rights: 'What {{team}} lets you do',
    rightsHelp: 'Version {{version}} of the blueprint. Changes show here by themselves.',
    numbersHidden: 'Customers’ numbers are masked for you.',
    numbersShown: 'You see customers’ whole numbers where your permissions let you.',
    password: 'Password',
    current: 'Current password',
    change: 'Change password',
    changed: 'Your password is changed. Every other session has ended.',
    passwordHelp: 'Every other session and every API key of yours ends at once.',
  },
} as const;
