import type { Detail } from "../../page/wire.ts";

/** The headers as they came, with those that prove the request and those that the proof covers marked. */
export function Headers({ detail: { headers, signed } }: { readonly detail: Detail }) {
  return (
    <table class="headers">
      <thead>
        <tr>
          <th scope="col">Header</th>
          <th scope="col">Value</th>
          <th scope="col">
            <span class="aside">Part in the proof</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {headers.map(([name, value], i) => (
          <tr key={i}>
            <th scope="row">{name}</th>
            <td>{value}</td>
            <td>
              {signed?.headers.includes(name.toLowerCase()) ? (
                <span class="mark signed">signed</span>
              ) : signed?.proof.includes(name.toLowerCase()) ? (
                <span class="mark">proof</span>
              ) : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
