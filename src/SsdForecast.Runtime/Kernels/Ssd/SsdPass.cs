namespace SsdForecast.Runtime.Kernels;

/// <summary>In which direction a causal pass runs over memory. "Step" means its own order: step 0 is the last row of memory where time is reversed.</summary>
/// <param name="Length">l.</param>
/// <param name="Reversed">Whether time runs from the last row to the first.</param>
/// <param name="Strict">Whether y_t is the output of step t − 1, so that grad_y of step t belongs to output t − 1: the strict triangles of the bidirectional operator.</param>
/// <param name="AddsToX">Whether the gradient of x is added to what is there.</param>
internal readonly record struct SsdPass(int Length, bool Reversed = false, bool Strict = false, bool AddsToX = false)
{
    /// <summary>Rows in memory from one step to the next: 1 or −1.</summary>
    public int Sign => Reversed ? -1 : 1;

    /// <summary>Row in memory of a step of one sequence.</summary>
    public nint Row(int batch, int step) => (nint)batch * Length + (Reversed ? Length - 1 - step : step);
}
