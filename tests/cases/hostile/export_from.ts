export * from "../../../../../../../../etc/passwd";
export { secret as f } from "@SECRET@";
