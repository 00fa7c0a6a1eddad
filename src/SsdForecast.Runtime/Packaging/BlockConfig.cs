using System.Text.Json.Serialization;

namespace SsdForecast.Runtime;

/// <summary>
/// Shape and constants of a Mamba-2 block, <c>docs/model.md</c> section 4. Names and meanings are those of state-spaces/mamba <c>Mamba2</c>; the options of
/// Mamba-3 (<see cref="Discretization"/>, <see cref="RotationFraction"/>, <see cref="BCNorm"/>, no convolution) are off by default.
/// </summary>
public sealed record BlockConfig
{
    /// <summary>Width of the residual stream. Default 64.</summary>
    public int DModel { get; init; } = 64;

    /// <summary>State numbers for each channel of a head, <c>n</c>. Default 32.</summary>
    public int DState { get; init; } = 32;

    /// <summary>Channels of a head, <c>p</c>. Default 16. Divides <see cref="DInner"/>.</summary>
    public int HeadDim { get; init; } = 16;

    /// <summary><see cref="DInner"/> as a multiple of <see cref="DModel"/>. Default 2.</summary>
    public int Expand { get; init; } = 2;

    /// <summary>Groups of heads that share <c>B</c> and <c>C</c>. Default 1. Divides <see cref="Heads"/>.</summary>
    public int NGroups { get; init; } = 1;

    /// <summary>
    /// Width of the causal depthwise convolution, present included. Default 4. 0: no convolution, and no SiLU after it, in any kind of block.
    /// </summary>
    public int DConv { get; init; } = 4;

    /// <summary>Chunk length of the chunked form; changes speed, not results. Default 64.</summary>
    public int ChunkSize { get; init; } = 64;

    /// <summary>Whether the inner RMSNorm comes before the gate: <c>RMSNorm(y)·SiLU(z)</c> and not <c>RMSNorm(y·SiLU(z))</c>. Default false.</summary>
    public bool NormBeforeGate { get; init; }

    /// <summary>Smallest initial step, in units of one time step. Default 1e-3.</summary>
    public double DtMin { get; init; } = 1e-3;

    /// <summary>Largest initial step. Default 0.1.</summary>
    public double DtMax { get; init; } = 0.1;

    /// <summary>Floor of the initial step. Default 1e-4.</summary>
    public double DtInitFloor { get; init; } = 1e-4;

    /// <summary>Lower limit of <c>dt</c> after softplus. Default 0.</summary>
    public double DtLimitLow { get; init; }

    /// <summary>Upper limit of <c>dt</c> after softplus. Default infinity.</summary>
    public double DtLimitHigh { get; init; } = double.PositiveInfinity;

    /// <summary>Epsilon of every RMSNorm. Default 1e-5.</summary>
    public double NormEps { get; init; } = 1e-5;

    /// <summary>How time is made discrete. Default <see cref="Discretization.ExponentialEuler"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Discretization Discretization { get; init; }

    /// <summary>Part of the state numbers that turn in pairs by data-dependent angles, in [0, 1]. Default 0: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double RotationFraction { get; init; }

    /// <summary>Whether <c>B</c> and <c>C</c> go through an RMSNorm over the state numbers and get a bias a head. Default false.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool BCNorm { get; init; }

    /// <summary>Pairs of state numbers that turn, <c>a = ⌊rotation_fraction · d_state / 2⌋</c>.</summary>
    [JsonIgnore]
    public int Angles => (int)(RotationFraction * DState / 2);

    /// <summary>Whether the recurrence is that of Mamba-2: neither trapezoidal nor turning.</summary>
    [JsonIgnore]
    public bool IsPlain => Discretization == Discretization.ExponentialEuler && RotationFraction == 0;

    /// <summary>Whether every option of Mamba-3 is off.</summary>
    [JsonIgnore]
    public bool IsMamba2 => IsPlain && !BCNorm && DConv > 0;

    /// <summary>Inner width, <c>expand · d_model = heads · headdim</c>.</summary>
    [JsonIgnore]
    public int DInner => Expand * DModel;

    /// <summary>Number of heads.</summary>
    [JsonIgnore]
    public int Heads => DInner / HeadDim;

    /// <summary>Channels of the convolution, or of what would go through it: <c>x</c>, <c>B</c> and <c>C</c>.</summary>
    [JsonIgnore]
    public int ConvDim => DInner + (2 * NGroups * DState);

    /// <summary>Rows of <c>in_proj.weight</c>: <c>z | x | B | C | dt</c>, then <c>trap (heads)</c> and <c>angle (a)</c> where they are used.</summary>
    [JsonIgnore]
    public int InProjDim => DInner + ConvDim + Heads + TrapDim + Angles;

    /// <summary>Rows of <c>trap</c>: a number a head for the trapezoidal rule, else none.</summary>
    [JsonIgnore]
    public int TrapDim => Discretization == Discretization.Trapezoid ? Heads : 0;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value out of range; the message is one line and begins with its key in <c>config.json</c>.</exception>
    public void Validate()
    {
        Require.Range("block.d_model", DModel, 1, 65536);
        Require.Range("block.d_state", DState, 1, 4096);
        Require.Range("block.expand", Expand, 1, 64);
        Require.Range("block.head_dim", HeadDim, 1, DInner);
        Require.That(DInner % HeadDim == 0, "block.head_dim", $"{HeadDim} does not divide expand x d_model = {DInner}");
        Require.Range("block.n_groups", NGroups, 1, Heads);
        Require.That(Heads % NGroups == 0, "block.n_groups", $"{NGroups} does not divide the {Heads} heads");
        Require.Range("block.d_conv", DConv, 0, 64);
        Require.That(Enum.IsDefined(Discretization), "block.discretization", "neither exponential_euler nor trapezoid");
        Require.That(RotationFraction is >= 0 and <= 1, "block.rotation_fraction", $"{RotationFraction} is not in [0, 1]");
        Require.That(RotationFraction == 0 || Angles > 0, "block.rotation_fraction", $"{RotationFraction} of the {DState} state numbers is not one pair; raise it or d_state");
        Require.Range("block.chunk_size", ChunkSize, 1, 65536);
        Require.That(DtMin > 0 && DtMin <= DtMax && double.IsFinite(DtMax), "block.dt_min", "0 < dt_min <= dt_max < infinity must hold");
        Require.That(DtInitFloor > 0 && double.IsFinite(DtInitFloor), "block.dt_init_floor", "must be positive and finite");
        Require.That(DtLimitLow >= 0 && DtLimitLow < DtLimitHigh, "block.dt_limit_low", "0 <= dt_limit_low < dt_limit_high must hold");
        Require.That(NormEps > 0 && double.IsFinite(NormEps), "block.norm_eps", "must be positive and finite");
    }
}
