using System.CommandLine;
using SsdForecast.Cli.Evaluation;
using SsdForecast.Cli.Hosting;

namespace SsdForecast.Cli.Commands;

/// <summary><c>ssdf verify</c>.</summary>
internal static class VerifyCommand
{
    public static Verb Create(CommandHost host)
    {
        var verb = new Verb("verify", "compare the SSD operator and block with numbers made elsewhere; exit 1 past tolerance")
        {
            Notes = """
                An operator file has x (b,l,h,p), raw dt (b,l,h), A (h), B and C (b,l,g,n) and y.
                It may have D, dt_bias, initial_states, final_states, grad_y, grad_final_states, and d_ of each operand: gradients of sum(y·grad_y) + sum(final_states·grad_final_states).
                A block file has param.KEY by the keys of mamba_ssm's Mamba2, and u (b,l,d_model).
                It may have y_step, y_chunked, final_conv_state, final_ssm_state, grad_y, d_u and d_param.KEY.
                Relative error is norm(a−b)/norm(b).
                Every form (recurrent, chunked, quadratic, kernel) and direction (causal, bidirectional) that applies is run, forward and backward.
                """,
        };
        var files = new Argument<string[]>("FILE") { Description = "safetensors files of golden numbers", Arity = ArgumentArity.OneOrMore };
        verb.Add(files);
        var device = verb.Has<string>("--device", "cpu, cuda or cuda:1 [cpu]", "DEVICE");
        var json = verb.Has<bool>("--json", "print the rows as JSON");
        verb.Example("ssdf verify golden/*.safetensors", "operator and block, all forms")
            .Example("ssdf verify golden/ssd_op_small.safetensors --device cuda", "on a GPU");
        verb.SetAction(parse => VerifyRun.Execute(host, parse.GetValue(files)!, parse.GetValue(device), parse.GetValue(json)));
        return verb;
    }
}
