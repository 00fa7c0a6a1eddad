using static TorchSharp.torch;

namespace SsdForecast.Torch.Parallel.Collectives;

/// <summary>
/// What processes that train one model together do in step. Every process calls the same operations in the same order; a failure of one becomes a
/// <see cref="CollectiveException"/> in the others.
/// </summary>
public interface ICollective : IDisposable
{
    /// <summary>Which process this is, from 0. The first one decides, writes and prints.</summary>
    int Rank { get; }

    /// <summary>How many there are.</summary>
    int Size { get; }

    /// <summary>Adds up a tensor over the processes, in place; all get the same bits.</summary>
    /// <param name="values">Contiguous, float32 or float64, of the same shape everywhere.</param>
    void AllReduceSum(Tensor values);

    /// <summary>
    /// Begins to add up tensors as <see cref="AllReduceSum"/> does: what the device has been given until now comes before, what it is given from now on may run at the
    /// same time. Until <see cref="EndSums"/> nothing else may read or write the tensors, nor free their memory.
    /// </summary>
    /// <param name="values">Each as <see cref="AllReduceSum"/> takes it.</param>
    void BeginSum(IReadOnlyList<Tensor> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var value in values) AllReduceSum(value);
    }

    /// <summary>The sums begun come before all that the device is given from now on.</summary>
    void EndSums()
    {
    }

    /// <summary>Gives every process the first one's tensor, in place.</summary>
    /// <param name="values">Contiguous, float32 or float64, of the same shape everywhere.</param>
    void Broadcast(Tensor values);

    /// <summary>Gives every process the first one's numbers, which only the first needs to have: the others may pass none.</summary>
    double[] Broadcast(double[] values);

    /// <summary>Returns when every process has come here.</summary>
    void Barrier();
}
