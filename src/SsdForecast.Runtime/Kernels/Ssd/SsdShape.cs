namespace SsdForecast.Runtime.Kernels;

/// <summary>
/// The sizes of one call of the SSD operator, with the letters of Mamba-2: x is (b, l, h, p), dt is (b, l, h), B and C are (b, l, g, n),
/// states are (b, h, p, n). Head <c>i</c> reads group <c>i / (h/g)</c>. All tensors are row-major and contiguous.
/// </summary>
/// <param name="Batch">b, the number of independent sequences.</param>
/// <param name="Length">l, the number of time steps; any number from 1 on.</param>
/// <param name="Heads">h, the number of heads.</param>
/// <param name="HeadDim">p, the number of channels of a head.</param>
/// <param name="Groups">g, the number of B/C groups; divides <paramref name="Heads"/>.</param>
/// <param name="StateSize">n, the number of state entries a channel has.</param>
public readonly record struct SsdShape(int Batch, int Length, int Heads, int HeadDim, int Groups, int StateSize)
{
    /// <summary>Heads that share one B/C group: h / g.</summary>
    public int HeadsPerGroup => Heads / Groups;

    /// <summary>Elements of x, y and their gradients: b·l·h·p.</summary>
    public long XLength => (long)Batch * Length * Heads * HeadDim;

    /// <summary>Elements of dt and its gradient: b·l·h.</summary>
    public long DtLength => (long)Batch * Length * Heads;

    /// <summary>Elements of B, of C and of their gradients: b·l·g·n.</summary>
    public long BCLength => (long)Batch * Length * Groups * StateSize;

    /// <summary>Elements of the initial and the final states: b·h·p·n.</summary>
    public long StatesLength => (long)Batch * Heads * HeadDim * StateSize;

    /// <summary>Elements of elapsed and of seq_idx: b·l.</summary>
    public long TokenCount => (long)Batch * Length;

    /// <summary>Checks that every size is positive and that the groups divide the heads.</summary>
    /// <exception cref="ArgumentException">A size is not positive, or g does not divide h; the message names it.</exception>
    public void Validate()
    {
        Positive(Batch, "batch (b)");
        Positive(Length, "length (l)");
        Positive(Heads, "heads (h)");
        Positive(HeadDim, "headdim (p)");
        Positive(Groups, "ngroups (g)");
        Positive(StateSize, "d_state (n)");
        if (Heads % Groups != 0)
            throw new ArgumentException($"SSD shape: ngroups (g) = {Groups} does not divide heads (h) = {Heads}; choose g among the divisors of h.");
    }

    private static void Positive(int value, string name)
    {
        if (value <= 0)
            throw new ArgumentException($"SSD shape: {name} = {value} must be at least 1.");
    }
}
