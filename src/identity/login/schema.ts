// Shapes of logging in. The first step's answer is the reference's.
import { z } from 'zod'
import { roles, userPermissions } from '../users/roles.ts'

/** Long enough for any sentence, and bounded because each one costs a hash. */
export const passwordCharactersMax = 512
const Password = z.string().min(1).max(passwordCharactersMax)

export const NewPassword = z
  .string()
  .min(12)
  .max(passwordCharactersMax)
  .describe('At least 12 characters')

export const Login = z.strictObject({
  // Any stored address logs in, also one that no mail could reach.
  email: z.string().trim().min(1).max(320),
  password: Password,
})
export type Login = z.infer<typeof Login>

export const VerifyCode = z.strictObject({
  token: z.string().min(1).max(200).describe('As the first step answered it'),
  code: z.string().trim().min(1).max(64).describe('Six digits of the app, or a recovery code'),
})
export type VerifyCode = z.infer<typeof VerifyCode>

export const User = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string().nullable(),
  organizationId: z.uuid(),
  organizationName: z.string(),
  role: z.enum(roles),
  permissions: z.array(z.enum(userPermissions)),
  twoFactorEnabled: z.boolean(),
  passwordChangeDue: z.boolean().describe('Nobody has changed the first password yet'),
})
export type User = z.infer<typeof User>

export const UserWorkspace = z.object({
  id: z.string(),
  name: z.string(),
  isDefault: z.boolean(),
  organizationId: z.uuid(),
  organizationName: z.string(),
  role: z.enum(roles),
})

export const LoggedIn = z.object({ user: User, workspaces: z.array(UserWorkspace) })
export type LoggedIn = z.infer<typeof LoggedIn>

export const SecondStep = z.object({ requires2FA: z.literal(true), token: z.string() })
export type SecondStep = z.infer<typeof SecondStep>

export const LoginAnswer = z.union([LoggedIn, SecondStep])

export const Done = z.object({ data: z.object({ status: z.string() }) })

export const ChangeMe = z.strictObject({ name: z.string().trim().min(1).max(200) })

export const ChangePassword = z.strictObject({
  currentPassword: Password,
  newPassword: NewPassword,
  code: z
    .string()
    .trim()
    .min(1)
    .max(64)
    .optional()
    .describe('Needed where a second step is asked: of the app, or a recovery code'),
})
export type ChangePassword = z.infer<typeof ChangePassword>

export const ResetPassword = z.strictObject({
  token: z.string().min(1).max(200).describe('From an admin'),
  newPassword: NewPassword,
})
export type ResetPassword = z.infer<typeof ResetPassword>

export const TwoFactorStatus = z.object({
  data: z.object({ enabled: z.boolean(), recoveryCodesLeft: z.int() }),
})

export const Enrol = z.strictObject({ password: Password })

export const Enrolment = z.object({
  data: z.object({
    secret: z.string().describe('Base32, to be typed where no camera is'),
    uri: z.string().describe('otpauth://…, to be shown as a QR code'),
  }),
})

export const ConfirmEnrolment = z.strictObject({ code: z.string().trim().min(1).max(64) })

export const RecoveryCodes = z.object({
  data: z.object({ recoveryCodes: z.array(z.string()).describe('Shown this once') }),
})

export const WithFactor = z.strictObject({
  password: Password,
  code: z.string().trim().min(1).max(64),
})
export type WithFactor = z.infer<typeof WithFactor>
