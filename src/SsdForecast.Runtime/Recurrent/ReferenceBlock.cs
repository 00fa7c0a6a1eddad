namespace SsdForecast.Runtime;

/// <summary>One Mamba-2 block, step by step, in float64 and plain loops: <c>docs/model.md</c> sections 4 and 4.1 line by line.</summary>
public sealed class ReferenceBlock
{
    private readonly BlockConfig _config;
    private readonly Func<string, double[]> _weights;
    private (double[][] Maps, double[] X)? _before;

    /// <summary>The block before its first step.</summary>
    /// <param name="config">Sizes and constants.</param>
    /// <param name="weights">The tensors by their names in mamba_ssm, row-major.</param>
    public ReferenceBlock(BlockConfig config, Func<string, double[]> weights)
    {
        ArgumentNullException.ThrowIfNull(config);
        _config = config;
        _weights = weights;
        ConvState = new double[Math.Max(0, config.DConv - 1), config.ConvDim];
        SsmState = new double[config.Heads, config.HeadDim, config.DState];
    }

    /// <summary>The last inputs of the convolution, oldest first, <c>(d_conv − 1, conv_dim)</c>.</summary>
    public double[,] ConvState { get; }

    /// <summary>The state, <c>(heads, headdim, d_state)</c>.</summary>
    public double[,,] SsmState { get; }

    /// <summary>The last step's <c>dt</c>, limited and times the elapsed time, <c>(heads)</c>; empty before the first.</summary>
    public double[] TimeStep { get; private set; } = [];

    /// <summary>The last step's <c>x | B | C</c> after the convolution, if there is one, <c>(conv_dim)</c>; empty before the first.</summary>
    public double[] Convolved { get; private set; } = [];

    /// <summary>The last step's <c>λ</c>, 1 without the trapezoidal rule, <c>(heads)</c>.</summary>
    public double[] Share { get; private set; } = [];

    /// <summary>The last step's B of each head, normalised and biased where the model does so, <c>(heads, d_state)</c>.</summary>
    public double[][] InputMaps { get; private set; } = [];

    /// <summary>The last step's C of each head, likewise.</summary>
    public double[][] OutputMaps { get; private set; } = [];

    /// <summary>The angles by which the last step turned pairs of the state, <c>(heads, a)</c>; see <see cref="Turn"/>.</summary>
    public double[][] Angles { get; private set; } = [];

    /// <summary>One step.</summary>
    /// <param name="x">Input, <c>(d_model)</c>.</param>
    /// <param name="elapsed"><c>δ_t</c>.</param>
    /// <returns>Output, <c>(d_model)</c>.</returns>
    public double[] Step(double[] x, double elapsed = 1)
    {
        var (inner, heads, p, n, g) = (_config.DInner, _config.Heads, _config.HeadDim, _config.DState, _config.NGroups);
        var projected = Linear(_weights("in_proj.weight"), x);
        var z = projected[..inner];
        var xbc = projected[inner..(inner + _config.ConvDim)];
        if (_config.DConv > 0) xbc = Conv(xbc);
        var rest = projected[(inner + _config.ConvDim)..];
        var (dtRaw, trap, angle) = (rest[..heads], rest[heads..(heads + _config.TrapDim)], rest[(heads + _config.TrapDim)..]);
        var y = new double[inner];
        (TimeStep, Convolved, Share) = (new double[heads], xbc, new double[heads]);
        (InputMaps, OutputMaps, Angles) = (new double[heads][], new double[heads][], new double[heads][]);
        for (var i = 0; i < heads; i++)
        {
            var b = inner + (i / (heads / g) * n);
            InputMaps[i] = Map(xbc[b..(b + n)], "B", i);
            OutputMaps[i] = Map(xbc[(b + (g * n))..(b + (g * n) + n)], "C", i);
            var dt = Math.Clamp(Softplus(dtRaw[i] + _weights("dt_bias")[i]), _config.DtLimitLow, _config.DtLimitHigh) * elapsed;
            TimeStep[i] = dt;
            Share[i] = trap.Length == 0 ? 1 : 1 / (1 + Math.Exp(-trap[i]));
            Angles[i] = [.. angle.Select(v => dt * Math.PI * Math.Tanh(v))];
            var a = -Math.Exp(_weights("A_log")[i]);
            for (var r = 0; r < p; r++)
            {
                var input = xbc[(i * p) + r];
                var row = new double[n];
                for (var s = 0; s < n; s++)
                    row[s] = SsmState[i, r, s] + (_before is not { } before ? 0 : (1 - Share[i]) * dt * before.X[(i * p) + r] * before.Maps[i][s]);
                Turn(row, Angles[i], -1);
                y[(i * p) + r] = _weights("D")[i] * input;
                for (var s = 0; s < n; s++)
                {
                    SsmState[i, r, s] = (Math.Exp(dt * a) * row[s]) + (Share[i] * dt * input * InputMaps[i][s]);
                    y[(i * p) + r] += SsmState[i, r, s] * OutputMaps[i][s];
                }
            }
        }

        if (elapsed > 0) _before = (InputMaps, xbc[..inner]);
        if (!_config.NormBeforeGate) for (var i = 0; i < inner; i++) y[i] *= Silu(z[i]);
        y = RmsNorm(y, _weights("norm.weight"), _config.NormEps, g);
        if (_config.NormBeforeGate) for (var i = 0; i < inner; i++) y[i] *= Silu(z[i]);
        return Linear(_weights("out_proj.weight"), y);
    }

    /// <summary>Turns pairs <c>(v_k, v_{k+a})</c> by <paramref name="sign"/> times the angles.</summary>
    public static void Turn(double[] v, double[] angles, int sign = 1)
    {
        for (var k = 0; k < angles.Length; k++)
        {
            var (sin, cos) = Math.SinCos(sign * angles[k]);
            (v[k], v[k + angles.Length]) = ((v[k] * cos) - (v[k + angles.Length] * sin), (v[k] * sin) + (v[k + angles.Length] * cos));
        }
    }

    private double[] Map(double[] map, string name, int head)
    {
        if (!_config.BCNorm) return map;
        var normalised = RmsNorm(map, _weights($"{name}_norm.weight"), _config.NormEps);
        for (var s = 0; s < map.Length; s++) normalised[s] += _weights($"{name}_bias")[(head * map.Length) + s];
        return normalised;
    }

    internal static double[] Linear(double[] weight, double[] x, double[]? bias = null)
    {
        var y = new double[weight.Length / x.Length];
        for (var r = 0; r < y.Length; r++)
        {
            y[r] = bias?[r] ?? 0;
            for (var c = 0; c < x.Length; c++) y[r] += weight[(r * x.Length) + c] * x[c];
        }

        return y;
    }

    internal static double[] RmsNorm(double[] x, double[] weight, double eps, int groups = 1)
    {
        var y = new double[x.Length];
        var size = x.Length / groups;
        for (var g = 0; g < groups; g++)
        {
            var squares = 0.0;
            for (var i = g * size; i < (g + 1) * size; i++) squares += x[i] * x[i];
            for (var i = g * size; i < (g + 1) * size; i++) y[i] = x[i] / Math.Sqrt((squares / size) + eps) * weight[i];
        }

        return y;
    }

    private static double Silu(double x) => x / (1 + Math.Exp(-x));

    private static double Softplus(double x) => x > 20 ? x : Math.Log(1 + Math.Exp(x));

    private double[] Conv(double[] input)
    {
        var width = _config.DConv;
        var output = new double[input.Length];
        for (var c = 0; c < input.Length; c++)
        {
            var sum = _weights("conv1d.bias")[c] + (_weights("conv1d.weight")[(c * width) + width - 1] * input[c]);
            for (var k = 0; k < width - 1; k++) sum += _weights("conv1d.weight")[(c * width) + k] * ConvState[k, c];
            output[c] = Silu(sum);
            for (var k = 0; k < width - 2; k++) ConvState[k, c] = ConvState[k + 1, c];
            if (width > 1) ConvState[width - 2, c] = input[c];
        }

        return output;
    }
}
