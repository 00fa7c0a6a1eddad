using SsdForecast.Torch.Ssd;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Verification;

/// <summary>
/// The SSD operator against golden numbers: every causal form, forward and gradients, in float32 and float64; the forms against one another in float64;
/// and both bidirectional forms against the dense quasiseparable matrix made of the same operands.
/// </summary>
internal static class OperatorVerification
{
    private static readonly string[] Operands = ["x", "dt", "A", "B", "C", "D", "dt_bias", "initial_states"];

    public static IEnumerable<VerificationRow> Run(GoldenFile file, Device device)
    {
        var rows = new List<VerificationRow>();
        foreach (var dtype in (ReadOnlySpan<ScalarType>)[ScalarType.Float32, ScalarType.Float64])
        {
            using var scope = NewDisposeScope();
            Dictionary<string, Tensor>? reference = null;
            foreach (var form in (ReadOnlySpan<SsdForm>)[SsdForm.Recurrent, SsdForm.Chunked, SsdForm.Quadratic, SsdForm.Kernel])
            {
                if (form == SsdForm.Kernel && (dtype != ScalarType.Float32 || device.type != TorchSharp.DeviceType.CPU)) continue;
                var name = $"causal {form.ToString().ToLowerInvariant()} {Text(dtype)}";
                var results = Causal(file, form, dtype, device);
                // What is stored was rounded to float32, so a float64 answer differs from it by that much.
                rows.AddRange(Compare(name, results, file.Has, key => file.Read(key), dtype == ScalarType.Float64 ? Tolerances.Stored : Tolerances.Float32));
                if (file.Has("triton_y")) rows.Add(new VerificationRow(name, "y against TF32", RelativeError.Of(results["y"], file.Read("triton_y")), Tolerances.TensorFloat32));
                if (dtype != ScalarType.Float64) continue;
                if (reference is not null) rows.AddRange(Compare($"{name} against recurrent", results, reference.ContainsKey, key => reference[key], Tolerances.Float64));
                reference ??= results;
            }
            rows.AddRange(Bidirectional(file, dtype, device));
        }
        return rows;
    }

    private static IEnumerable<VerificationRow> Compare(string name, Dictionary<string, Tensor> results, Func<string, bool> has, Func<string, Tensor> expected, double tolerance)
        => results.Where(r => has(r.Key)).Select(r => new VerificationRow(name, r.Key, RelativeError.Of(r.Value, expected(r.Key)), tolerance));

    private static Dictionary<string, Tensor> Causal(GoldenFile file, SsdForm form, ScalarType dtype, Device device)
    {
        var leaves = Operands.Where(file.Has).ToDictionary(key => key, key => file.Leaf(key, dtype, device)!);
        var inputs = new SsdInputs
        {
            X = leaves["x"],
            Dt = leaves["dt"],
            A = leaves["A"],
            B = leaves["B"],
            C = leaves["C"],
            D = leaves.GetValueOrDefault("D"),
            DtBias = leaves.GetValueOrDefault("dt_bias"),
            InitialStates = leaves.GetValueOrDefault("initial_states"),
        };
        var (y, final) = SsdOperator.Run(inputs, new SsdOptions { Form = form, DtSoftplus = true });
        var results = new Dictionary<string, Tensor> { ["y"] = y, ["final_states"] = final };
        if (!file.Has("grad_y")) return results;
        var loss = (y * file.Read("grad_y", dtype, device)).sum();
        if (file.Has("grad_final_states")) loss += (final * file.Read("grad_final_states", dtype, device)).sum();
        loss.backward();
        foreach (var (key, leaf) in leaves) results["d_" + key] = leaf.grad!;
        return results;
    }

    /// <summary>No outside numbers exist for it: its proof is the dense matrix in float64, of this file's operands there and, with B and C exchanged, back.</summary>
    private static IEnumerable<VerificationRow> Bidirectional(GoldenFile file, ScalarType dtype, Device device)
    {
        if (file.Read("A").dim() != 1) return [];
        var expected = Bidirectional(file, QuasiseparableForm.Dense, ScalarType.Float64, device);
        var forms = new List<(QuasiseparableForm Form, string Name)> { (QuasiseparableForm.TwoPasses, "two passes"), (QuasiseparableForm.Merged, "merged") };
        if (device.type == DeviceType.CPU) forms.Add((QuasiseparableForm.Kernel, "kernel"));
        return forms.SelectMany(f => Compare(
            $"bidirectional {f.Name} {Text(dtype)} against dense",
            Bidirectional(file, f.Form, dtype, device),
            expected.ContainsKey,
            key => expected[key],
            dtype == ScalarType.Float64 ? Tolerances.Float64 : Tolerances.Float32)).ToArray();
    }

    private static Dictionary<string, Tensor> Bidirectional(GoldenFile file, QuasiseparableForm form, ScalarType dtype, Device device)
    {
        var leaves = new[] { "x", "dt", "A", "B", "C" }.ToDictionary(key => key, key => file.Leaf(key, dtype, device)!);
        var y = QuasiseparableOperator.Run(
            new QuasiseparableInputs
            {
                X = leaves["x"],
                Diagonal = leaves["dt"].sin(),
                A = leaves["A"],
                Forward = new(leaves["dt"], leaves["B"], leaves["C"]),
                Reverse = new(leaves["dt"].flip(1), leaves["C"], leaves["B"]),
                DtBias = file.Has("dt_bias") ? file.Read("dt_bias", dtype, device) : null,
            },
            new SsdOptions { DtSoftplus = true },
            form);
        var results = new Dictionary<string, Tensor> { ["y"] = y };
        if (!file.Has("grad_y")) return results;
        (y * file.Read("grad_y", dtype, device)).sum().backward();
        foreach (var (key, leaf) in leaves) results["d_" + key] = leaf.grad!;
        return results;
    }

    private static string Text(ScalarType dtype) => dtype.ToString().ToLowerInvariant();
}
