// Refusals as TuShare words them where it has a message, and otherwise in Chinese, saying what to do.

export type Refusal = { readonly code: number; readonly msg: string };

/** A refusal on the way, for whoever makes the answer. */
export class RefusedError extends Error {
  readonly refusal: Refusal;
  constructor(code: number, msg: string) {
    super(msg);
    this.refusal = { code, msg };
  }
}

export const wrongToken = () => new RefusedError(40101, "您的token不对，请确认。");
export const internal = () => new RefusedError(-1000, "系统内部错误");
export const unnamed = () => new RefusedError(50101, "请指定正确的接口名");
export const queryFailed = () =>
  new RefusedError(50101, "查询数据失败，请确认参数！可以反馈管理员协助您排查问题");
export const required = (parameter: string) => new RefusedError(50101, `必填参数, ${parameter}`);

/** Clients tell a missing right by its code and by 访问权限. */
export const notMirrored = (name: string) =>
  new RefusedError(
    40203,
    `抱歉，您没有接口(${name})访问权限：镜像未收录该接口，请直接向 TuShare 调用，或将其加入镜像的数据集`,
  );

/** Most often the database wakes from its pause. */
export const waking = () =>
  new RefusedError(-1000, "系统内部错误，暂时无法读取（数据库可能正在恢复）：请半分钟后再试");

export const tooLong = (bytesMax: number) =>
  new RefusedError(50101, `参数校验失败, 请求超过 ${bytesMax} 字节：请分几次查询`);

/** The answer that a refusal is. */
export function refusalText(requestId: string, { code, msg }: Refusal): string {
  return JSON.stringify({ request_id: requestId, code, msg, data: null });
}

/** @param hint what to do */
export const wrongParameter = (what: string, hint: string) =>
  new RefusedError(50101, `参数校验失败, ${what}：${hint}`);

export const notWhole = (what: string, hint: string) =>
  new RefusedError(50101, `镜像数据不完整, ${what}：${hint}，或改用 /lenient 地址取得现有部分`);
